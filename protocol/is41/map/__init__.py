"""IS-41 (ANSI-41), the user of TCAP: operations, parameters and what they mean.

TIA/EIA-41-D chapter 5 (later X.S0004-540 and -550, and the TSBs and N.S00xx that add to it). An
*operation* is invoked by one system and answered by another; its *body*, invoke or return result,
is a set of *parameters*; a parameter is a *tag* and octets, and a registry knows how the octets
of each tag become a *value*.

`names`       codes that carry the standard's name
`operations`  operations and error codes, to TCAP's codes and back
`tags`        every parameter tag
`parameters`  `Parameters`, the set as it stands on the wire: order, repeats and unknown tags kept
`codes`       what the numbers inside parameters mean
`grammar`     constructs the layouts share
`values`      the layouts, and the values they become
`registry`    tag to layout: `decode_value`, `encode_value`
`body`        how a table of the standard becomes a frozen dataclass
`messages`    the tables: invoke and return result of the operations typed so far
`components`  bodies as invokes, return results and return errors
`reference`   writes docs/parameters.md
"""
