"""The in-process Lambda runtime."""
