"""What a request makes is there already, or what it changes has changed."""

from __future__ import annotations

from .api_error import ApiError


class ResourceConflict(ApiError):  # noqa: N818 - AWS's name
    """What the request creates is there already."""

    error = "ResourceConflictException"
    code = 409


class UrlExists(ResourceConflict):
    """The function or alias ``arn`` has a URL already."""

    def __init__(self, arn: str) -> None:
        super().__init__(
            f"Failed to create function url config for [functionArn = {arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )


class StatementExists(ResourceConflict):
    """The policy has a statement ``statement_id`` already."""

    def __init__(self, statement_id: str) -> None:
        super().__init__(
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )


class PolicyRevisionMismatch(ApiError):  # noqa: N818 - the errors above have none either
    """The policy is not at the revision that the request expects."""

    error = "PreconditionFailedException"
    code = 412

    def __init__(self) -> None:
        super().__init__(
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetPolicy API to retrieve the latest Revision Id"
        )
