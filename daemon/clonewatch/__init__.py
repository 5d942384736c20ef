"""clonewatch: finds cloned phones in the registrations a clearing house sees.

A *registration* (`registrations`) comes from a source (`sources`), made of octets by the
`collector` or read from a record group. The `window` remembers the registrations of the last hours
and finds the pairs that `travel` times refuse; the `detector` tells them as conflicts, which
`clonerecords` writes down. `replay` runs files through all of this; `lab` makes such files, with
the truth beside them; `cli` is the command.
"""

import is41  # noqa: F401  # before Numba, which it may have to persuade
