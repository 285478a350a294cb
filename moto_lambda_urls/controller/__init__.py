"""The objects that a test holds: deployment, permissions and signatures of function URLs."""

from .function_url import FunctionUrl
from .lambda_urls import LambdaUrls
from .stack import Stack

__all__ = ["FunctionUrl", "LambdaUrls", "Stack"]
