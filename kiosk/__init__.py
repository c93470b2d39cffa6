"""The application: what the hall does."""
