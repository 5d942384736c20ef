"""What a link is for: what becomes of its messages, and what its far end gets for them.

A `Receiver` is a tap: copies of REGNOTs come, and TCAP is never answered. An `Answerer` stands in
for an RVCD: it answers each REGNOT once it is kept, as an HLR says, which an `Asker` asks.
"""
