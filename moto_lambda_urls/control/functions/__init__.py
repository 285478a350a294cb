"""Deployed functions: their names, settings, code and configuration."""
