"""Invocations interrupted at their function's Timeout."""
