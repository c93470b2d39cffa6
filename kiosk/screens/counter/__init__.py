"""The counter's screen: the day, the devices, what waits for a person. 1920×1080, mouse or touch."""
