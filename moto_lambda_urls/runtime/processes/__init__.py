"""Functions in processes of their own, over the Lambda Runtime API."""

from .pool import Environments
from .streaming import StreamedFromProcess

__all__ = ["Environments", "StreamedFromProcess"]
