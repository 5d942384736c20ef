"""What was found, kept in SQLite: clone records, and how far registrations were judged.

`Store` (in `store`) is what the rest of the program sees. What the detector finds is *submitted*,
waits in `pending`, and is committed by the *writer*, one thread, many submissions in one
transaction. The *judged position* is the sequence in the record file below which every registration
was judged; it is committed in the transaction of the conflicts that it covers. So after a kill at
any moment the registrations behind it are judged again, and what they find again is known by its
identity and changes nothing.

What the disk, or a lock, does not let through waits and is tried again. What cannot be stored by a
fault of ours is put *aside*, in the same transaction, so that it holds up nobody.

`tables` is the schema, `migrations` how it came to be, `database` opens a file of it.
"""
