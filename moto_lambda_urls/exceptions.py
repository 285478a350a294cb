"""The errors of this package.

Refused                                 a function URL's own answer instead of the function's
FunctionUrlPermissionWarning            a call that AWS would refuse for want of a grant
JsonRESTError (moto's)
└── ApiError                            AWS's answer to a control-plane request that failed
    ├── ValidationException             400, breaks constraints of the service model
    ├── SerializationException          400, is not what the service model describes
    ├── AccessDeniedException           403
    ├── InvalidParameterValue           400
    │   └── QualifierMismatch, InvalidPrincipal, PolicyOfLatest, OnlySupportedFor, InvalidUrlId, UrlIdTaken,
    │       NoEventInvokeSetting
    ├── ResourceNotFound                404
    │   ├── FunctionDoesNotExist, RequestedResourceNotFound, FunctionInAnotherRegion
    │   ├── FunctionNotFound, AliasNotFound, NoPolicy, NoPolicyFound, StatementNotFound
    │   └── FunctionMissing, NoEventInvokeConfig
    ├── ResourceConflict                409
    │   └── UrlExists, StatementExists
    ├── PolicyRevisionMismatch          412
    ├── PolicyLengthExceeded            400
    ├── InvalidRequestContent           400
    │   └── UnparsablePayload           the payload of Invoke is no JSON
    ├── RequestTooLarge                 413
    └── TooManyRequests                 429
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from moto.core.exceptions import JsonRESTError

from .messages import Response
from .service_model import message_member


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request that AWS answers itself, without the function: ``response`` is that answer, complete but for the
    headers that every response carries (Date, request id, connection).

    ``error_type`` is AWS's ``x-amzn-ErrorType``; ``body`` the JSON object of the answer.
    """

    def __init__(self, status: int, error_type: str, body: dict[str, str | None]) -> None:
        super().__init__(f"{status} {error_type}: {body}")
        content = json.dumps(body, separators=(",", ":")).encode()
        self.response = Response(
            status=status,
            headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type)),
            body=content,
        )


class FunctionUrlPermissionWarning(UserWarning):
    """A function URL was called without a grant that AWS asks for; the message shows how to add it."""


class ApiError(JsonRESTError):
    """An error of Lambda's API: ``error`` is its code, ``code`` the HTTP status, the message is what varies.

    Modelled errors carry ``Type`` and spell their message member as the service model does; the others do neither.
    """

    error: ClassVar[str]
    modelled: ClassVar[bool] = True

    def __init__(self, message: str) -> None:
        super().__init__(self.error, message)
        body = {message_member(self.error): message}
        self.description = json.dumps({"Type": "User", **body} if self.modelled else body)


class ValidationException(ApiError):  # noqa: N818 - AWS's name
    """``violations`` each say which value breaks which constraint of the service model."""

    error = "ValidationException"
    modelled = False

    def __init__(self, violations: Sequence[str]) -> None:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        super().__init__(f"{count}: {'; '.join(violations)}")


class SerializationException(ApiError):  # noqa: N818 - AWS's name
    """The body is no JSON, or a value has another JSON type than the service model's."""

    error = "SerializationException"
    modelled = False


class AccessDeniedException(ApiError):  # noqa: N818 - AWS's name
    """``account_id`` has no grant for ``action`` on ``arn``, which is another account's."""

    error = "AccessDeniedException"
    code = 403
    modelled = False

    def __init__(self, account_id: str, action: str, arn: str) -> None:
        super().__init__(
            f"User: arn:aws:iam::{account_id}:root is not authorized to perform: lambda:{action} on resource: {arn} "
            f"because no resource-based policy allows the lambda:{action} action"
        )


class InvalidParameterValue(ApiError):  # noqa: N818 - AWS's name
    """A parameter that is well formed but not acceptable."""

    error = "InvalidParameterValueException"


class NoEventInvokeSetting(InvalidParameterValue):
    """An EventInvokeConfig without anything in it."""

    def __init__(self) -> None:
        super().__init__("You must specify at least one of error handling or destination setting.")


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


class PolicyLengthExceeded(ApiError):  # noqa: N818 - AWS's name
    """A policy would grow to ``size`` bytes, over ``limit``."""

    error = "PolicyLengthExceededException"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The final policy size ({size}) is bigger than the limit ({limit}).")


class InvalidRequestContent(ApiError):  # noqa: N818 - AWS's name
    """What Invoke is to hand to the function is not as it must be."""

    error = "InvalidRequestContentException"


class UnparsablePayload(InvalidRequestContent):
    """The payload of Invoke is no JSON, for ``reason``. What AWS says after the second colon is its parser's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Could not parse request body into json: Could not parse payload into json: {reason}")


class FunctionMissing(ResourceNotFound):
    """The function, version or alias to configure is missing."""

    def __init__(self) -> None:
        super().__init__("The function doesn't exist.")


class NoEventInvokeConfig(ResourceNotFound):
    """The function, version or alias ``arn`` has no EventInvokeConfig."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"The function {arn} doesn't have an EventInvokeConfig")


class RequestTooLarge(ApiError):  # noqa: N818 - AWS's name
    """A request for ``operation`` has more than ``limit`` bytes."""

    error = "RequestTooLargeException"
    code = 413

    def __init__(self, limit: int, operation: str) -> None:
        super().__init__(f"Request must be smaller than {limit} bytes for the {operation} operation")


class TooManyRequests(ApiError):  # noqa: N818 - AWS's name
    """The function's concurrency is used up; ``reason`` says which limit."""

    error = "TooManyRequestsException"
    code = 429

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.")
        self.description = json.dumps({"Reason": reason, "Type": "User", "message": "Rate Exceeded."})
