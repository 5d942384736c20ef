"""Alarms, with the meaning of ITU-T X.733: raised, changed, cleared; a repeat is counted.

`kinds` is the table of what may be wrong. The `book` holds each alarm once and writes a `notice`
of each change to the outbox of every output, in the transaction that causes it. `selves` are alarms
about ourselves, which have no case. A `courier` for each output carries the notices out, in order,
again and again until they are taken; so one output that is down delays no other.
"""
