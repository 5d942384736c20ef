"""Clocks: how far those of sources and MSCs are off, and which of them run away.

A registration bears the time of some clock: the MSC's, where record groups come from it, or that
of the source that saw it. `offsets` says what is known of each.
"""
