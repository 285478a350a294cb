"""HTTP clients in this process, made to reach function URLs without a network."""

from .switch import install, uninstall

__all__ = ["install", "uninstall"]
