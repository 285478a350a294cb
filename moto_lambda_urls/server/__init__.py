"""moto's server with function URLs in front of it."""

from .app import create_app
from .threaded import LambdaUrlsServer

__all__ = ["LambdaUrlsServer", "create_app"]
