"""M2UA (RFC 3331): MTP2's service to MTP3, over SCTP.

`codes`     message classes and types, parameter tags
`messages`  a message, and the MSU within DATA
"""
