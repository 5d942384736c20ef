"""ANSI TCAP (T1.114-1996, T1.114-2000): transactions and their components.

A *package* is one TCAP message: a package type, transaction IDs, perhaps a dialogue portion, and
components; or an abort. A *component* asks (invoke) or answers (return result, return error,
reject); it carries a *parameter set*, whose contents belong to the user above and are kept in
octets here.

`codes`      the tables of T1.114.3: tags, causes, problems
`messages`   `Package` and the components, with `decode` and `encode`
`dialogues`  transactions: what was asked and what comes back, with timers, without I/O
"""
