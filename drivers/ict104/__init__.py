"""ICT-104, the single-byte protocol of ICT bill validators (104, 104U, 002, 106; TP, PA, V series in RS-232 mode):
tables per model, the reader of the line, and the controller's machine.

Sources: "ICT Protocol for RS232" V0.2/V0.3 as used by TerminalClient (ICTCashAcceptor), ba_ict104.c and the LV77 /
ICT-104U adapters. What is not known: no physical validator has been tried with this driver; whether 10h comes before
or after the note has fallen differs by model; whether a unit answers polls while it moves a note is not written.
"""
