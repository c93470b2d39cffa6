"""The device side of every protocol, written from the manuals: strict peers that judge the drivers. For tests and
the virtual hall only."""
