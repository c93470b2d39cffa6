"""Measurements of the whole product on real wires: `python -m kiosk.virtual.bench`, the method in docs/measurements.md.

Each module measures one thing and gives rows; nothing here is part of a hall.
"""
