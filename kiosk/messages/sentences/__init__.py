"""The tables: code -> (Chinese, English). One module for each part of the hall's conversation with a person."""
