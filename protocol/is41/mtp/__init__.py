"""MTP (T1.111): the signalling network's own addresses and routing label.

`codes`      the tables of T1.111.4
`pointcode`  ANSI signalling point codes
`grammar`    constructs the layouts share
`msu`        the level 3 message: service information octet, routing label, user part
`mtp2`       the level 2 signal unit around it, as captures hold it
"""
