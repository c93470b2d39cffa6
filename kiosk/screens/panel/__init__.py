"""The hardware panel of the virtual hall: a window from which a person does to the devices what people do to real
ones.
"""
