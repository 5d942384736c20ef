"""M3UA (RFC 4666): MTP3's service to its users, over SCTP or TCP.

`codes`        message classes and types, parameter tags, error codes, states
`messages`     a message, and the protocol data within DATA
`framing`      DATA found in a run of octets, as frames for the kernels
`settings`     what both ends have to agree on, and timers
`association`  one end of an association on TCP: what both sides have in common
`asp` `sgp`    the two sides: states, what is asked and answered
`refusals`     what is wrong with a message, and the ERR that says so
`telling`      management messages in words
"""
