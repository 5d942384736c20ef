"""ANSI-41 (IS-41) signalling: octets to messages and back, without I/O."""
