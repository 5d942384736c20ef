"""SUA (RFC 3868): SCCP's service to its users, over SCTP.

`codes`      message classes and types, parameter tags
`addresses`  source and destination address
`messages`   a message, and what CLDT and CLDR carry
"""
