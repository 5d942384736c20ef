"""A capture's messages sent to a running daemon, or to any TALI, XOT or M3UA peer.

`messages` reads them, `conversion` puts each into the layer that the transport carries, `pace`
says when it is due, and `feeder` connects and sends.
"""
