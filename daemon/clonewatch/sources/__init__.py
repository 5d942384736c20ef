"""Where registrations come from: captures, record groups, later links and sniffing."""
