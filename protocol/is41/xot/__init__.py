"""XOT (RFC 1613): X.25 on TCP.

`codes`     states of a PVC
`messages`  one X.25 packet behind its header
`pvc`       PVC setup, which is no packet of X.25's
`tap`       messages joined out of a connection that others have
"""
