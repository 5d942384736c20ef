"""Where alarms go, one module each: `jsonlines`, `syslog`, `alertmanager`, `webhook`, `snmp`.

An output sends what it is given, or says why not (`output`). It keeps nothing, and tries nothing
twice: that is its `courier`'s work. Each lives in one event loop.
"""
