"""The composition root: the only place that constructs and wires. Here are the loop, the clocks, the ports and the
signals."""
