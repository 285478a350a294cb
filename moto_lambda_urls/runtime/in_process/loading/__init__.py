"""Deployment packages loaded as modules of their own."""
