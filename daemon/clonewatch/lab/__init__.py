"""A network in miniature: what the program is tried on.

A `town` of MSCs, `phones` that register as they move about it, their `traffic`, what it is as
octets (`regnots`, `tali`, `pcaps`), the `truth` about it, and `simulate`, which writes all of it
down. The library's codecs have no part in that: octets are laid out a second time, so that one
mistake cannot hide in both.

`scenes` are the small captures of `pcaps/`, made with those codecs, message by message.
"""
