"""Who calls a function URL, and whether they may."""

from .authorize import authorize
from .callers import MotoCallers
from .identity import Caller, Callers

__all__ = ["Caller", "Callers", "MotoCallers", "authorize"]
