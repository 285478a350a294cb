"""Replacing and restoring attributes of the process."""
