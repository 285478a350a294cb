"""HTTP messages as values, and the addresses of function URLs."""

from .http import CONNECTION_HEADERS, Headers, Request, Response, close_body, has_body, has_length

__all__ = ["CONNECTION_HEADERS", "Headers", "Request", "Response", "close_body", "has_body", "has_length"]
