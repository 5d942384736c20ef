"""TALI (RFC 3094): SS7 messages on TCP.

`codes`     opcodes, and how long their messages may be
`messages`  one message: opcode and payload
`framing`   messages found in a run of octets, as frames for the kernels
`link`      one end of a connection: states, timers, what may be sent
"""
