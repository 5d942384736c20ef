"""The control socket: HTTP with JSON on a Unix socket, beside the running daemon.

`server` answers in the daemon's loop; `callers` says who asks, from the socket's own credentials,
and who may change things. `status` is what ``clonewatch status`` is told. `client` asks, in the
command; `where` is where both meet.
"""
