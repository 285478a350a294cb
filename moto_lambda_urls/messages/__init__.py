"""HTTP messages as values, and the addresses of function URLs."""

from .http import Headers, Request, Response

__all__ = ["Headers", "Request", "Response"]
