"""``moto-lambda-urls serve``: one handler of the developer's, behind a function URL on localhost."""

from .front import Served
from .source import HandlerSource

__all__ = ["HandlerSource", "Served"]
