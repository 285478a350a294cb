"""Handlers run in this process."""
