"""Authorization of requests to a function URL."""

from .authorize import authorize
from .callers import MotoCallers
from .grants import missing_for_public
from .identity import Caller, Callers
from .resending import of_too_large

__all__ = ["Caller", "Callers", "MotoCallers", "authorize", "missing_for_public", "of_too_large"]
