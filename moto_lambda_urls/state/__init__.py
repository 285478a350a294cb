"""State of a mock: options, registered handlers, planned faults, recorded invocations, metrics."""
