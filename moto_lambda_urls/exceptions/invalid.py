"""Parameters that are well formed but not acceptable."""

from __future__ import annotations

from .api_error import ApiError


class InvalidParameterValue(ApiError):  # noqa: N818 - AWS's name
    """A parameter that is well formed but not acceptable."""

    error = "InvalidParameterValueException"


class QualifierMismatch(InvalidParameterValue):
    """The function name carries another qualifier than the Qualifier parameter."""

    def __init__(self) -> None:
        super().__init__("The derived qualifier from the function name does not match the specified qualifier.")


class InvalidPrincipal(InvalidParameterValue):
    """The principal of a permission is of no known form."""

    def __init__(self) -> None:
        super().__init__("The provided principal was invalid. Please check the principal and try again.")


class PolicyOfLatest(InvalidParameterValue):
    """``$LATEST`` has no policy of its own."""

    def __init__(self) -> None:
        super().__init__("We currently do not support adding policies for $LATEST.")


class OnlySupportedFor(InvalidParameterValue):
    """``parameter`` of a permission belongs to another action than the one asked for."""

    def __init__(self, parameter: str, action: str) -> None:
        super().__init__(f"{parameter} is only supported for {action} action")


class InvalidUrlId(InvalidParameterValue):
    """A URL id that was chosen cannot stand in a host name. AWS has no such choice, nor such an error."""

    def __init__(self, url_id: str) -> None:
        super().__init__(
            f"The function URL id {url_id!r} is no label of a host name: "
            "use 1 to 63 letters, digits, hyphens and underscores, the first and last a letter or digit."
        )


class UrlIdTaken(InvalidParameterValue):
    """A URL id that was chosen is another URL's already. AWS has no such choice, nor such an error."""

    def __init__(self, url_id: str, function_arn: str) -> None:
        super().__init__(f"The function URL id {url_id} is taken by {function_arn}. Choose another one.")


class PolicyLengthExceeded(ApiError):  # noqa: N818 - AWS's name
    """A policy would grow to ``size`` bytes, over ``limit``."""

    error = "PolicyLengthExceededException"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The final policy size ({size}) is bigger than the limit ({limit}).")
