"""The hall: one loop, one thread. Device events and touches go in, effects are run in their order, views go out.

Everything in this package is synchronous and is called with the moment; asyncio, ports and clocks are in `kiosk.app`.
So the same hall runs in production, in the demonstration, and in a simulation without real time.
"""
