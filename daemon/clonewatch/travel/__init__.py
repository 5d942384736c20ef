"""Travel times: the clone detection time table (306) of US patent 6,370,373, FIG. 6.

`table` reads and writes it, `check` says what looks wrong in it, `plot` draws it. `build` makes one
from where the MSCs are: `coordinates` says whether these can be right, `geodesy` how far it is,
`speeds` how fast one travels there, and `given` reads entries that stand instead; `geography` is
what all this says of a table made otherwise. `learn` corrects a table from traffic:
`contradictions` are the journeys that were quicker than it, `proposals` what a person looks
through. docs/travel-times.md tells how to work with it.
"""
