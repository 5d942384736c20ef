"""The lab's nodes on real sockets, through the same links as the daemon's.

`runner`   one node: its connections, its timer
`network`  all nodes of a scenario: who connects to whom, who dies and comes back
`play`     a scenario from its first step to its last
`board`    what there is to see of it
`screen`   tables in a terminal, or lines
`up`       all of that from start to end
"""
