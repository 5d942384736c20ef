"""SCCP (T1.112), connectionless: who a message is for, and pieces of long ones.

`codes`      the tables of T1.112.3: message types, return causes, subsystems
`parts`      pointers and the optional part, which the messages are made of
`addresses`  called and calling party addresses, ANSI and (for international ones) ITU layout
`messages`   unitdata (UDT, XUDT, LUDT) and the services that return it (UDTS, XUDTS, LUDTS)
`reassembly` the segments of XUDT and LUDT put together again
"""
