"""XOT (RFC 1613): X.25 on TCP.

`codes`     states of a PVC
`messages`  one X.25 packet behind its header
`pvc`       PVC setup, which is no packet of X.25's
`joining`   messages out of packets with the M bit
`tap`       messages joined out of a connection that others have
`framing`   packets in kernels: where each ends, and the data in it
`run`       data packets in a row, as frames for the kernels
`settings`  what one end of a circuit is configured with
`setup`     how both ends agree on the circuit
`states`    the states of a circuit, and what leads from one to another
`link`      one end of a circuit
"""
