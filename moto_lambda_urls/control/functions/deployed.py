"""Deployed functions: moto's own with AWS's other attributes, invoked through this package."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module
from typing import Any, cast
from weakref import WeakKeyDictionary

from moto.awslambda.models import ImageConfig, LambdaFunction, LayerVersion
from moto.awslambda.policy import Policy
from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow

from ...invocations import custom_resources
from ...state import scope
from .. import in_moto
from ..exceptions import PreconditionFailedException, ResourceConflictException, ResourceNotFoundException
from . import configuration
from .details import FunctionDetails, Progress, new_revision
from .packages import Package
from .times import in_lambda_form, to_lambda_time

_called_arn: ContextVar[str | None] = ContextVar("moto_lambda_urls.called_arn", default=None)
"""The ARN that one of moto's services calls; None when moto does not tell."""

_set_aside: WeakKeyDictionary[LambdaFunction, FunctionDetails] = WeakKeyDictionary()
"""The details of functions that are moto's own between two mocks; of the process, as moto's functions are."""


class DeployedFunction(LambdaFunction):
    """A function version while function URLs are installed; moto's other services call its ``invoke``.

    It is never constructed: ``adopt`` turns moto's function into one, ``release`` undoes that. moto lists deep copies.
    """

    details: FunctionDetails

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

    @property
    def revision_id(self) -> str:
        return self.details.revision_id

    @property
    def deployment_id(self) -> str:
        """An id that changes whenever the function must start cold again."""
        return self.details.deployment_id

    @property
    def number(self) -> int:
        """Which version it is, 0 for ``$LATEST``."""
        return int(self.version) if str(self.version).isdigit() else 0

    @property
    def dead_letter_config(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self.details.as_sent.get("DeadLetterConfig") or {})

    @property
    def dead_letter_arn(self) -> str | None:
        """The ARN of the dead-letter queue or topic, None without one."""
        return self.dead_letter_config.get("TargetArn")

    @property
    def logging_config(self) -> Mapping[str, str]:
        return self.details.logging

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """moto's name of ``describe``."""
        return self.describe(with_update_status=not on_create)

    def describe(self, *, arn: str | None = None, with_update_status: bool = True) -> dict[str, Any]:
        """The configuration as Lambda's API answers it; ``arn`` is the function's own when None.

        The answer to CreateFunction has no status of an update.
        """
        return configuration.describe(self, self.details, arn=arn, with_update_status=with_update_status)

    def describe_change(self, *, arn: str | None = None, with_update_status: bool = True) -> dict[str, Any]:
        """The answer to the request that has just made or changed the function, as ``describe`` gives it.

        Its revision id is that of the change in progress: the end of the change, which comes at once unless
        ``function_states`` is "pending", is a revision of its own.
        """
        answer = self.describe(arn=arn, with_update_status=with_update_status)
        if self.details.is_new and self.details.progress is None:
            self.renew_revision()
        self.details = dataclasses.replace(self.details, is_new=False)
        return answer

    def fingerprint(self) -> str:
        """A text that differs whenever PublishVersion has something new to publish."""
        return configuration.fingerprint(self, self.details)

    def configure(self, settings: Mapping[str, Any], layers: Sequence[LayerVersion] = ()) -> None:
        """Put the request's ``settings``, which were checked, in place; ``layers`` are those that its Layers name."""
        in_moto.keep_as_sent(self, settings)
        if "Environment" in settings:
            self.environment_vars = dict(settings["Environment"].get("Variables") or {})
        if "Layers" in settings:
            in_moto.put_layers(self, layers)
            self.details = dataclasses.replace(self.details, layers=tuple(layers))
        if "EphemeralStorage" in settings:
            self.ephemeral_storage = settings["EphemeralStorage"]["Size"]
        if "ImageConfig" in settings:
            self.image_config = ImageConfig(settings["ImageConfig"])
        self.details = self.details.changed(copy.deepcopy(dict(settings)))

    def put_code(self, package: Package) -> None:
        """Put the code of ``package`` in place."""
        self.code = package.as_moto_keeps_it(self.function_name)
        self.code_bytes, self.code_size = package.content, package.size
        self.code_sha_256, self.code_digest = package.sha_256, package.digest

    def check_revision(self, expected: str | None) -> None:
        """Check the revision that a request expects, None for any.

        :raises PreconditionFailedException: the function is not at the revision ``expected``.
        """
        if expected and expected != self.revision_id:
            raise revision_mismatch()

    def check_settled(self) -> None:
        """Refuse a request while a change is in progress, and mark it as finished: the next request goes through.

        :raises ResourceConflictException: the function is being created or changed.
        """
        cannot = "The operation cannot be performed at this time."
        progress = self.details.progress
        self.settle()
        if progress == "creating":
            raise ResourceConflictException(f"{cannot} The function is currently in the following state: Pending")
        if progress == "updating":
            raise ResourceConflictException(f"{cannot} An update is in progress for resource: {self.function_arn}")

    def check_active(self) -> None:
        """Refuse the first invocation of a function that is being created; the next one goes through.

        :raises ResourceConflictException: the function is being created.
        """
        if self.details.progress == "creating":
            self.check_settled()

    def touch(self, progress: Progress) -> None:
        """Record a change of code or settings: new ids, and ``progress`` where ``function_states`` is "pending"."""
        self.last_modified = to_lambda_time(utcnow())
        self.code_or_config_updated = True
        self.details = dataclasses.replace(
            self.details,
            revision_id=new_revision(),
            deployment_id=new_revision(),
            progress=_shown(progress),
            is_new=True,
        )

    def settle(self) -> None:
        """Mark the change in progress as finished, which is a new revision."""
        if self.details.progress is not None:
            self.details = dataclasses.replace(self.details, progress=None, revision_id=new_revision())

    def renew_revision(self) -> None:
        """Give the function a new revision id, as each change of it does."""
        self.details = dataclasses.replace(self.details, revision_id=new_revision())

    def published(
        self, number: int, description: str | None = None, *, progress: Progress | None = None
    ) -> DeployedFunction:
        """A copy of this function, ``$LATEST``, as the version ``number``; the two share nothing that can change.

        ``progress`` is the version's, as for ``touch``; None makes it Active.
        """
        version = in_moto.separate_copy(self)
        version.set_version(number)
        version.last_modified = to_lambda_time(utcnow())
        version.tags, version.event_invoke_config = {}, []
        version.reserved_concurrency = version.url_config = None
        if description is not None:
            version.description = description
        version.details = dataclasses.replace(
            self.details,
            revision_id=new_revision(),
            progress=_shown(progress),
            is_new=progress is not None,
            published_from=self.fingerprint(),
            versions=0,
            scaling={},
            is_unwanted=False,
        )
        self.details = dataclasses.replace(self.details, versions=number)
        self.code_or_config_updated = False
        self.renew_revision()
        return version

    @classmethod
    def adopt(cls, function: LambdaFunction) -> DeployedFunction:
        """Turn moto's ``function`` into a deployed one, in place."""
        if isinstance(function, cls):
            return function
        in_moto.become(function, cls)
        adopted = cast(DeployedFunction, function)
        adopted.last_modified = in_lambda_form(function.last_modified)
        adopted.details = _details_of_adopted(adopted, _set_aside.get(function))
        return adopted

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> str | bytes:  # noqa: ARG002 - as moto calls it
        """How moto's services call a function: asynchronously, as S3, SNS and CloudWatch Logs do on AWS."""
        arn = _called_arn.get() or self.function_arn
        token = _called_arn.set(None)  # what the function calls in its turn is not meant
        try:
            backend = get_backend(self.account_id, self.region)
            headers = {"X-Amz-Invocation-Type": "Event"}
            event = custom_resources.with_reachable_url(body)
            return backend.invoke(arn, None, event, headers, response_headers) or b""
        finally:
            _called_arn.reset(token)

    def delete(self, account_id: str, region: str) -> None:
        """How moto's CloudFormation deletes a function; as there, it may be gone already."""
        with suppress(ResourceNotFoundException):
            super().delete(account_id, region)

    def run_in_docker(self, event: Any) -> tuple[str, bool, str]:
        """Run in a container, as moto does: what was printed last, whether it failed, and the log."""
        return in_moto.run_in_docker(self, event)

    def release(self) -> None:
        """Turn it back into moto's own function; the details are kept for the next ``adopt``."""
        _set_aside[self] = self.details
        del self.details
        in_moto.become(self, LambdaFunction)


def _shown(progress: Progress | None) -> Progress | None:
    return progress if scope.options().function_states == "pending" else None


def revision_mismatch() -> PreconditionFailedException:
    """The error for a function or alias that is not at the revision that the request expects."""
    return PreconditionFailedException(
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )


@contextmanager
def calling(arn: str) -> Iterator[None]:
    """Set the ``arn`` by which one of moto's services calls a function inside the block."""
    token = _called_arn.set(arn)
    try:
        yield
    finally:
        _called_arn.reset(token)


def _details_of_adopted(function: DeployedFunction, kept: FunctionDetails | None) -> FunctionDetails:
    details = kept or FunctionDetails.of_new(function.function_name)
    function.details = dataclasses.replace(
        details,
        has_environment=details.has_environment or bool(function.environment_vars),
        has_vpc=details.has_vpc or bool(in_moto.vpc_config_of(function)),
    )
    if kept is None and function.number:
        return dataclasses.replace(function.details, published_from=function.fingerprint())
    return function.details


class _TemplatePolicy(Policy):
    """Takes the permissions of templates to the backend, which holds the policies."""

    def add_statement(self, raw: str, qualifier: str | None = None) -> tuple[Any, str]:
        properties = json.loads(raw)
        parameters = {"StatementId": in_moto.random_uuid(), "Qualifier": qualifier, **properties}
        backend: Any = get_backend(self.parent.account_id, self.parent.region)
        return backend.add_permission(properties["FunctionName"], parameters), ""
