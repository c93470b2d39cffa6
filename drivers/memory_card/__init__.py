"""Synchronous memory cards behind a PC/SC reader that translates pseudo-APDUs: the SLE4442 and its kin."""
