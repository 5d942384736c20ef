"""TALI (RFC 3094): SS7 messages on TCP.

`messages`  one message: opcode and payload
"""
