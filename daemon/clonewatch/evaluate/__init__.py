"""How good are the alarms? Detection tried on movement of which the truth is known.

A `trial` is traffic with its truth: simulated, or made from real `movement`. `reported` runs the
detector over it with a table of some quality (`tables`), `scores` compares with the truth, and
`judging` weighs the evidence. `suite` says what is tried; `page` and `plots` write it down, with
`intervals` for every figure.
"""
