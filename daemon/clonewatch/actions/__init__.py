"""What follows from what was found: alarms.

`consequences` is what a transaction of the store calls for: it puts conflicts to their cases, and
writes alarms and the outbox beside them. What is in the outbox leaves the machine afterwards.
"""
