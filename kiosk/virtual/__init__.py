"""The virtual hall: simulated devices wired to the real program, on real wires (`hall`) or under a virtual clock
(`model`)."""
