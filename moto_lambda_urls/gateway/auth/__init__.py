"""Authorization of requests to a function URL."""

from .authorize import authorize
from .callers import MotoCallers
from .identity import Caller, Callers

__all__ = ["Caller", "Callers", "MotoCallers", "authorize"]
