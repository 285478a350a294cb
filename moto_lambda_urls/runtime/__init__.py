"""The Lambda runtime: a handler run as AWS runs it. Re-exports nothing, since most of it must not load with a mock."""
