"""What every bill validator has in common, whatever it speaks: events, troubles, capabilities, and the record of one
note. A protocol's own package translates into these words; what they mean for money is for `devices` to say.
"""
