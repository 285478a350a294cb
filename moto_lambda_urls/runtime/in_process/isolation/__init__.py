"""Per-invocation environment variables, output, logging and threads."""
