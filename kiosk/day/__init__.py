"""The hall's day: checks before opening and after close, opening, end of trading, blind count, close, X and Z report.

Pure: `machine.step` maps (state, event, house) to (state, effects, answer); `state.fold` rebuilds the state from the
journal.
"""
