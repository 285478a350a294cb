"""The objects that a test holds: deployment, permissions and signatures of function URLs."""

from .function_url import FunctionUrl
from .lambda_urls import LambdaUrls

__all__ = ["FunctionUrl", "LambdaUrls"]
