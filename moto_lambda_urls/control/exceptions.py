"""The errors of Lambda's API: a class for each of AWS's codes, named after it, with its HTTP status.

::

    ApiError (moto's JsonRESTError)
    ├── AccessDeniedException              403
    ├── CodeSigningConfigNotFoundException 404
    ├── CodeStorageExceededException       400
    ├── InvalidParameterValueException     400
    ├── InvalidRequestContentException     400
    ├── NotImplementedException            501
    ├── PolicyLengthExceededException      400
    ├── PreconditionFailedException        412
    ├── ProvisionedConcurrencyConfigNotFoundException 404
    ├── RequestEntityTooLargeException     413
    ├── RequestTooLargeException           413
    ├── ResourceConflictException          409
    ├── ResourceInUseException             400
    ├── ResourceNotFoundException          404
    ├── SerializationException             400
    ├── TooManyRequestsException           429
    └── ValidationException                400

What varies within a code is AWS's message, which stands beside the rule that it tells of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from moto.core.exceptions import JsonRESTError

from ..messages.service_model import error_members
from ..state.concurrency import Throttled


class ApiError(JsonRESTError):
    """An error of Lambda's API: its code is the name of the class, ``code`` the HTTP status.

    The body has the message under the service model's name for it, and ``Type`` if the model's error has one: ``kind``
    is its value, None where AWS leaves it out. A ``message`` of None is ``null``.
    """

    def __init__(self, message: str | None, *, kind: str | None = "User", **more: str) -> None:
        error = type(self).__name__
        super().__init__(error, message or "")
        members = error_members(error)
        typed = {"Type": kind} if kind and "Type" in members else {}
        name = "Message" if message is None or "Message" in members else "message"
        self.description = json.dumps({**more, **typed, name: message})


class AccessDeniedException(ApiError):
    """The caller, or Lambda for the caller, may not use what another account has."""

    code = 403


class CodeSigningConfigNotFoundException(ApiError):
    """The code signing configuration is missing."""

    code = 404


class CodeStorageExceededException(ApiError):
    """The account has no room for more code in this region."""


class InvalidParameterValueException(ApiError):
    """A parameter is well formed but not acceptable."""


class InvalidRequestContentException(ApiError):
    """The payload of an invocation is no JSON, or its client context is malformed."""


class NotImplementedException(ApiError):
    """Lambda has the operation, and this package does not: an answer of ours, whose status no SDK tries again."""

    code = 501


class PolicyLengthExceededException(ApiError):
    """A resource policy would grow over AWS's limit."""


class PreconditionFailedException(ApiError):
    """A resource is not at the revision that the request expects."""

    code = 412


class ProvisionedConcurrencyConfigNotFoundException(ApiError):
    """A version or alias has no provisioned concurrency."""

    code = 404


class RequestEntityTooLargeException(ApiError):
    """A request with a deployment package, or the package, is too large."""

    code = 413


class RequestTooLargeException(ApiError):
    """The payload of an invocation is too large."""

    code = 413


class ResourceConflictException(ApiError):
    """What the request creates is there already, or what it changes is in use."""

    code = 409


class ResourceInUseException(ApiError):
    """What the request changes is being changed."""


class ResourceNotFoundException(ApiError):
    """What the request names is not there."""

    code = 404


class SerializationException(ApiError):
    """The body is no JSON, or a value has another JSON type than the service model's."""


class TooManyRequestsException(ApiError):
    """The function's concurrency is used up; ``reason`` is AWS's name of the limit."""

    code = 429

    def __init__(self, reason: str) -> None:
        super().__init__(Throttled.message, Reason=reason)


class ValidationException(ApiError):
    """``violations`` each say which value breaks which constraint of the service model."""

    def __init__(self, violations: Sequence[str]) -> None:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        super().__init__(f"{count}: {'; '.join(violations)}")
