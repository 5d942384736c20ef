"""A network in miniature: what the program is tried on.

A `town` of MSCs, `phones` that register as they move about it, their `traffic`, what it is as
octets (`regnots`, `tali`, `pcaps`), the `truth` about it, and `simulate`, which writes all of it
down. The library's codecs have no part in that: octets are laid out a second time, so that one
mistake cannot hide in both.

`scenes` are the small captures of `pcaps/`, made with those codecs, message by message.

A network can also be live: a `scenario` says which `nodes` there are and what happens to them, and
`network` runs them on sockets, through the links of the daemon; `daemonfiles` is what a daemon
beside it needs.
"""
