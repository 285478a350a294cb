"""``mock_lambda_urls``, and what an active mock installs and takes back."""

from .decorator import MockLambdaUrls, mock_lambda_urls

__all__ = ["MockLambdaUrls", "mock_lambda_urls"]
