"""What a request names is not there."""

from __future__ import annotations

from .api_error import ApiError


class ResourceNotFound(ApiError):  # noqa: N818 - AWS's name
    """What the request names is not there."""

    error = "ResourceNotFoundException"
    code = 404


class FunctionDoesNotExist(ResourceNotFound):
    """A function or alias to configure a URL for is missing."""

    def __init__(self) -> None:
        super().__init__("Function does not exist")


class RequestedResourceNotFound(ResourceNotFound):
    """A URL configuration or a policy is missing."""

    def __init__(self) -> None:
        super().__init__("The resource you requested does not exist.")


class FunctionInAnotherRegion(ResourceNotFound):
    """The function's ARN names ``other``, the request went to ``region``."""

    def __init__(self, other: str, region: str) -> None:
        super().__init__(f"Functions from '{other}' are not reachable in this region ('{region}')")


class FunctionNotFound(ResourceNotFound):
    """The function, or its version when ``arn`` is qualified, is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Function not found: {arn}")


class AliasNotFound(ResourceNotFound):
    """The alias that ``arn`` names is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Cannot find alias arn: {arn}")


class NoPolicy(ResourceNotFound):
    """A function, version or alias has no policy to take a statement from."""

    def __init__(self) -> None:
        super().__init__("No policy is associated with the given resource.")


class NoPolicyFound(ResourceNotFound):
    """The function or version to take a statement from is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"No policy found for: {arn}")


class StatementNotFound(ResourceNotFound):
    """The policy has no statement ``statement_id``."""

    def __init__(self, statement_id: str) -> None:
        super().__init__(f"Statement {statement_id} is not found in resource policy.")


class CodeSigningConfigNotFound(ApiError):  # noqa: N818 - AWS's name
    """The code signing configuration ``arn`` is missing, as each is: moto has none."""

    error = "CodeSigningConfigNotFoundException"
    code = 404

    def __init__(self, arn: str) -> None:
        super().__init__(
            "The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {arn}."
        )
