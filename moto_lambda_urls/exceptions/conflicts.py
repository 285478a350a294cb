"""What a request makes is there already, or what it changes has changed."""

from __future__ import annotations

from collections.abc import Sequence

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


class FunctionExists(ResourceConflict):
    """A function ``name`` is there already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Function already exist: {name}")


class AliasExists(ResourceConflict):
    """The alias ``arn`` is there already."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Alias already exists: {arn}")


class VersionInUse(ResourceConflict):
    """A version cannot be deleted while ``aliases`` point to it."""

    def __init__(self, aliases: Sequence[str]) -> None:
        super().__init__(f"Unable to delete version because the following aliases reference it: [{', '.join(aliases)}]")


class FunctionPending(ResourceConflict):
    """The function is still being created."""

    def __init__(self) -> None:
        super().__init__(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )


class UpdateInProgress(ResourceConflict):
    """The function ``arn`` is still being updated."""

    def __init__(self, arn: str) -> None:
        super().__init__(
            f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        )


class RevisionMismatch(ApiError):  # noqa: N818 - the errors above have none either
    """The function or alias is not at the revision that the request expects."""

    error = "PreconditionFailedException"
    code = 412

    def __init__(self) -> None:
        super().__init__(
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
        )
