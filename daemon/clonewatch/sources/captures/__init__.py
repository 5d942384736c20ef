"""Captures, streamed, down to the frames that hold one SS7 message each.

`files`       pcap and pcapng, gzipped or not: blocks of octets
`pcap` `pcapng` `packets`   the formats, and the packets in a block
`links` `ip` `fragments`    what a packet begins with; IPv4 and IPv6, put together
`flows`       what is remembered of each direction of a connection, and what is counted
`tcp` `sctp`  segments and chunks in order
`streams`     TALI, XOT and M3UA in a stream of octets, however they are cut
`reassembly`  the kernel over all of these: packets in, frames out
`assembly`    the kernels over one block after another, and what is remembered between them
`reader`      a capture of any link type we know, as blocks of octets with frames in them
"""
