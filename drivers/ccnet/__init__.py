"""CCNET, the serial protocol of CashCode and compatible bill validators: frames, status tables, and the
controller's machine.

Source: CashCode NET Document 1, "Common Specifications" rev. 2.6.0. What is not known: no physical validator has
been tried with this driver; whether a plain validator repeats 81h after a lost ACK is written only for the
Bill-to-Bill unit, so both ways are handled.
"""
