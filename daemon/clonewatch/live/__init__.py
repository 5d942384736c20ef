"""The moving parts of the running daemon.

Every connection is a *line* of the `intake`, where the messages of all lines gather while the loop
reads, and are decoded together. The `judge` gives their registrations to the record file, to the
detector and what these find to the store, in this order, and says when they are *kept*. A role
decides what a line owes its far end: a `tap` nothing, an `answer` role an answer, a `relay` that
not one octet is changed.
"""
