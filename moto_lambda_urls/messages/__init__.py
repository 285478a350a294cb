"""HTTP messages as values, and the addresses of function URLs."""

from .http import Headers, Request, Response, close_body, has_body, has_length

__all__ = ["Headers", "Request", "Response", "close_body", "has_body", "has_length"]
