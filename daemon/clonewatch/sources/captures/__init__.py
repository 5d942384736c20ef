"""Captures: pcap files, streamed, down to the frames that hold one SS7 message each.

`pcap`    file and record headers; blocks of octets with the packets in them
`tcp`     Ethernet, IPv4 and TCP put in order; the TALI messages inside, however they are cut
`reader`  a capture of any link type we know, as blocks of octets with frames in them
"""
