"""The nodes of a network in miniature: MSCs (120), RVCDs (204A, 204B), an HLR.

Octets in, octets and happenings out; `now` is a parameter. Who moves the octets (`lab.network`,
or a test) is no concern of a node.

`happenings`  what people see of a node
`bodies`      phones in bodies, outcomes in words
`station`     what all nodes are: a signalling point that asks and answers in TCAP
`homes`       the HLR's subscribers, in SQLite
`hlr`         validates, remembers where a phone is, cancels it where it was, takes directives
`rvcd`        validates for its MSCs against the HLR, and copies every REGNOT
`groups`      the copies as half hour data groups (310)
`msc`         registers phones, tries again and elsewhere, obeys
"""
