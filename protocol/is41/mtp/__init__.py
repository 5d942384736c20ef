"""MTP (T1.111): the signalling network's own addresses and routing label.

`pointcode`  ANSI signalling point codes
`msu`        the level 3 message: service information octet, routing label, user part
"""
