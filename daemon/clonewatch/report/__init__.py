"""The report generator (316): one day, as a page for people and as CSV.

A `day` of the configured time zone says which moments are meant. `conflicts`, `dossiers` and `done`
read the store, `arrivals` the record file, `refusals` the ring of what could not be decoded, and
`missed` says what of the day was not seen. What they give are `table`s, which become CSV as they
are. `plots` draws, `ink` lets a drawing take the colours of the page, `page` puts all together, and
`making` writes it.

Nothing is locked and nothing changed: the daemon may be at work.
"""
