"""Evidence: how likely a conflict is a clone, and which of its two registrations is the clone's.

`marks` is the table of what is looked at and how much it weighs. `weigh` finds the marks of one
conflict in what is known of its MSID: its `history` (earlier conflicts, and registrations where
the record file was asked), its home MSC (`homes`), and the clocks. From them come a confidence, a
severity and a judgement of who is the clone (`judgement`); `cases` puts the conflicts of one MSID
together. All of it is arithmetic on values: no I/O, no state.

`twins` are a finding of their own: one MIN with two ESNs, wherever they register.
"""
