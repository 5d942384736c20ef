"""Cases: all that is known of one MSID's conflicts, and what people make of it.

`life` is the table of a case's life: its states, what moves it, and what that does to its alarm;
`docs/cases.md` is the same for operators. `weighing` puts each conflict to its case, within the
transaction that stores it; `suspects` keeps those back whose travel times look wrong; `orders` are
what operators tell a case, `showing` is what they see of it. `case` reads and writes cases and
their audit trail. Identities that were given up are `watched`.
"""
