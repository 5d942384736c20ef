"""The command line, one module a verb. What a verb needs is imported when it is called."""
