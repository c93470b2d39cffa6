"""The smallest pieces that every screen is made of: colours, sizes, text, plates, icons and buttons."""
