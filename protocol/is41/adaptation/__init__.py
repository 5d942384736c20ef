"""What the SIGTRAN adaptation layers share: M3UA, M2UA, M2PA and SUA begin with one header.

`messages`   the header, the parameters of M3UA, M2UA and SUA, a message of both
`pointcode`  a point code in 32 bits
"""
