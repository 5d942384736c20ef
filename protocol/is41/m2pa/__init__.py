"""M2PA (RFC 4165): MTP2's work done over SCTP, peer to peer.

`codes`     message types, link states
`messages`  user data and link status
"""
