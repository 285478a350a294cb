"""Deployment packages that Lambda does not take."""

from __future__ import annotations

from .api_error import ApiError
from .invalid import InvalidParameterValue


class InvalidPackage(InvalidParameterValue):
    """The package is refused for what is in it; ``message`` is AWS's."""


class CodeTooLarge(InvalidParameterValue):
    """Code and layers have ``size`` bytes unzipped, over ``limit``."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"Function code combined with layers exceeds the maximum allowed size of {limit} bytes. "
            f"The actual size is {size} bytes."
        )


class NoCode(InvalidParameterValue):
    """The request has no code."""

    def __init__(self) -> None:
        super().__init__("Please provide a source for function code.")


class PackageObjectMissing(InvalidParameterValue):
    """S3 does not give the package; ``code`` and ``reason`` are S3's."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {reason}")


class RequestEntityTooLarge(ApiError):  # noqa: N818 - AWS's name
    """A package or a request is too large; ``message`` is AWS's."""

    error = "RequestEntityTooLargeException"
    code = 413
    modelled = False


class CodeStorageExceeded(ApiError):  # noqa: N818 - AWS's name
    """The account has no room for more code in this region."""

    error = "CodeStorageExceededException"

    def __init__(self) -> None:
        super().__init__("Code storage limit exceeded.")
