"""X.25 (ITU-T X.25, ISO/IEC 8208), the packet layer: what a virtual circuit carries.

`codes`       packet types, facility codes
`addresses`   the address block of call set-up and clearing
`facilities`  the facilities in the order they came
`packets`     call set-up, clear, data, flow control, reset and the rest
`faults`      what a far end does against the rules, and the diagnostic code for it
`flow`        the window of data packets in each direction
"""
