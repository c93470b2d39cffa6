"""Wires and bytes: the protocols of the hall's devices. Knows no money and no people; imports nothing of ours."""
