"""Suspension: the HLR is asked to take an MSID out of service, and to put it back.

Not in the standard: a QualificationDirective goes from an HLR to a VLR. Addressing one to the HLR
is this system's private arrangement.

What changes a case makes it due to be decided again. `deciding` is the decision, a pure function
of `facts` and `rules`; `desk` writes down what it says, and puts what is to be sent into the
outbox (`items`). `sender` carries it to the HLR; `outcomes` is what follows from each answer.
`switch` is the kill switch, `orders` what operators may say. A directive that was sent, and of
which nobody knows whether it arrived, is sent again or undone, never forgotten: so the HLR's state
and ours agree in the end, whenever we are killed.
"""
