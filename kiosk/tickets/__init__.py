"""Taking a queue ticket at the terminal: the line's rules are in `ticketing`; here is the customer in front of the
screen."""
