"""A deployed function: moto's, with a revision id, whose calls run in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from moto.awslambda.models import LambdaFunction
from moto.awslambda.policy import Policy
from moto.awslambda.utils import get_backend
from moto.moto_api._internal import mock_random

from . import custom_resources


@dataclass(frozen=True)
class Asked:
    """How one of moto's services calls a function: by ``arn``, as far as moto tells; ``waiting`` for its answer."""

    arn: str | None = None
    waiting: bool = False


_asked: ContextVar[Asked | None] = ContextVar("moto_lambda_urls_asked", default=None)


class DeployedFunction(LambdaFunction):
    """A function version while function URLs are installed. moto's triggers call its ``invoke``.

    It is not constructed but adopted from moto's, and released when function URLs are uninstalled. moto copies it,
    deeply to list it and shallowly to publish a version.
    """

    revision_id: str
    dead_letter_config: dict[str, str] | None = None

    @property
    def docker_client(self) -> Any:
        """Docker's client. Without Docker it is missing rather than an error: moto's dashboard reads all attributes."""
        try:
            return super().docker_client
        except import_module("docker.errors").DockerException as error:
            raise AttributeError(f"there is no Docker here: {error}") from error

    @property
    def policy(self) -> Policy:  # type: ignore[override]  # moto's is an attribute, which stays behind this
        """Where moto's CloudFormation puts an AWS::Lambda::Permission."""
        return _TemplatePolicy(self)

    def set_version(self, version: int) -> None:
        # moto calls this on the copy that becomes a published version.
        super().set_version(version)
        self.renew_revision()

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        self.renew_revision()
        if "DeadLetterConfig" in config_updates:
            self.dead_letter_config = config_updates["DeadLetterConfig"]
        return super().update_configuration(config_updates)

    def update_function_code(self, updated_spec: dict[str, Any]) -> dict[str, Any]:
        self.renew_revision()
        return super().update_function_code(updated_spec)

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        configuration = {**super().get_configuration(on_create), "RevisionId": self.revision_id}
        if self.dead_letter_arn:
            configuration["DeadLetterConfig"] = self.dead_letter_config
        return configuration

    @property
    def dead_letter_arn(self) -> str | None:
        """Where events go that the function could not handle; moto itself keeps no DeadLetterConfig."""
        return (self.dead_letter_config or {}).get("TargetArn")

    def renew_revision(self) -> None:
        """Give the function a new revision id, as each change of it does."""
        self.revision_id = str(mock_random.uuid4())

    @classmethod
    def adopt(cls, function: LambdaFunction) -> DeployedFunction:
        """Make moto's ``function`` a deployed one, in place."""
        if isinstance(function, cls):
            return function
        function.__class__ = cls
        adopted = cast(DeployedFunction, function)
        adopted.renew_revision()
        return adopted

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> str | bytes:  # noqa: ARG002
        """How moto's services call a function: asynchronously, as S3, SNS and CloudWatch Logs do on AWS.

        Inside ``calling(waiting=True)`` it is a synchronous call, as a poller of streams makes it: the payload is
        returned, and is empty when the function failed.
        """
        asked = _asked.get() or Asked()
        token = _asked.set(None)  # what the function calls in its turn is not meant
        try:
            backend = get_backend(self.account_id, self.region)
            headers = {} if asked.waiting else {"X-Amz-Invocation-Type": "Event"}
            event = custom_resources.with_reachable_url(body)
            payload = backend.invoke(asked.arn or self.function_arn, None, event, headers, response_headers) or b""
            return b"" if "x-amz-function-error" in response_headers else payload
        finally:
            _asked.reset(token)

    def release(self) -> None:
        """Make it moto's own again."""
        del self.revision_id
        vars(self).pop("dead_letter_config", None)
        self.__class__ = LambdaFunction  # type: ignore[assignment]  # the reverse of adopt


@contextmanager
def calling(arn: str | None = None, *, waiting: bool = False) -> Iterator[None]:
    """The call that one of moto's services makes inside the block means ``arn``, the function's own if None."""
    token = _asked.set(Asked(arn, waiting))
    try:
        yield
    finally:
        _asked.reset(token)


class _TemplatePolicy(Policy):
    """Takes the permissions of templates to the backend, which holds the policies."""

    def add_statement(self, raw: str, qualifier: str | None = None) -> tuple[Any, str]:
        properties = json.loads(raw)
        parameters = {"StatementId": str(mock_random.uuid4()), "Qualifier": qualifier, **properties}
        backend: Any = get_backend(self.parent.account_id, self.parent.region)
        return backend.add_permission(properties["FunctionName"], parameters), ""
