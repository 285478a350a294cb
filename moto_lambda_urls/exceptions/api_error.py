"""What every error of Lambda's API has, and those that break its form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from moto.core.exceptions import JsonRESTError

from ..service_model import message_member


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
