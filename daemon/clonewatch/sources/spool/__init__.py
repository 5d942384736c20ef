"""A spool: a directory into which an RVCD renames its half hour data groups (310).

    SPOOL/20261122T1030Z.csv     waits; names that begin with a dot or end in .tmp or .part are
                                 still being written
    SPOOL/taking/                the one group being read
    SPOOL/done/                  groups that were taken; what of them was refused stands beside
    SPOOL/refused/               groups that could not be used to their end, the reason beside

`names` tells which files are groups and of what time, `folders` moves them, `reading` opens each
format, `group` is the one in hand, `kept` knows what the record file holds of it if its reading was
cut short, `cadence` misses groups that do not come, and `spool` puts it together.
"""

from .reading import GroupReader
from .spool import Spool

__all__ = ["GroupReader", "Spool"]
