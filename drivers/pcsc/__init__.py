"""PC/SC: one reader, watched and worked by threads of its own, because a call into a reader can block and cannot be
cancelled.

`events` is plain values (importable from anywhere), `scard` is the only module that imports pyscard, `worker` has
the threads.
"""
