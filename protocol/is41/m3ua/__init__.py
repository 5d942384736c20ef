"""M3UA (RFC 4666): MTP3's service to its users, over SCTP or TCP.

`codes`     message classes and types, parameter tags, error codes, states
`messages`  a message, and the protocol data within DATA
"""
