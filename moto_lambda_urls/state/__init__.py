"""Options, planned faults and recorded invocations of a mock."""
