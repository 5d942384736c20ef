"""Travel times: the clone detection time table (306) of US patent 6,370,373, FIG. 6.

`table` reads and writes it, `check` says what looks wrong in it.
"""
