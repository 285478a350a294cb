"""What the package does to the process and reads of it: attributes replaced and restored, tracebacks, who calls."""
