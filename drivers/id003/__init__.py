"""ID-003, the serial protocol of JCM bill validators: frames, status tables, and the controller's machine.

The maker's own text is confidential and was not used; every fact here stands in public drivers and captures, which
docs/protocols/id003.md names. No physical validator has been tried with this driver.
"""
