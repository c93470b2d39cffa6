"""What a device *is*: its status, its health, its verbs and its events. Imports `drivers` and nothing else of ours."""
