"""A deployed function: moto's with the rest of what AWS keeps, whose calls run in this process."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib import import_module
from itertools import count
from typing import Any, Literal, cast
from weakref import WeakKeyDictionary

from moto.awslambda.models import ImageConfig, LambdaFunction
from moto.awslambda.policy import Policy
from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow

from ...invocations import custom_resources
from ...state import scope
from .. import in_moto
from ..exceptions import FunctionPending, RevisionMismatch, UpdateInProgress
from .configuration import describe, fingerprint
from .packages import Package


@dataclass(frozen=True)
class Asked:
    """How one of moto's services calls a function: by ``arn``, as far as moto tells; ``waiting`` for its answer."""

    arn: str | None = None
    waiting: bool = False


_asked: ContextVar[Asked | None] = ContextVar("moto_lambda_urls_asked", default=None)

_set_aside: WeakKeyDictionary[LambdaFunction, FunctionDetails] = WeakKeyDictionary()
"""The details of functions that are moto's own between two mocks."""


class DeployedFunction(LambdaFunction):
    """A function version while function URLs are installed. moto's triggers call its ``invoke``.

    It is not constructed but adopted from moto's, and released when function URLs are uninstalled. moto copies it,
    deeply, to list it.
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
        """Another one whenever the function is to start cold again."""
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
        """Where events go that the function could not handle."""
        return self.dead_letter_config.get("TargetArn")

    @property
    def logging_config(self) -> Mapping[str, str]:
        return self.details.logging

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        return describe(self, with_update_status=not on_create)

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Put the request's ``settings``, which were checked, in place."""
        in_moto.keep_as_sent(self, settings)
        if "Environment" in settings:
            self.environment_vars = dict(settings["Environment"].get("Variables") or {})
        if "Layers" in settings:
            in_moto.put_layers(self, settings["Layers"])
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
        """:raises RevisionMismatch: the function is not at the revision ``expected``; None is any."""
        if expected and expected != self.revision_id:
            raise RevisionMismatch

    def check_settled(self) -> None:
        """Refuse a request while AWS would still be busy with the last change; the next one goes through.

        :raises FunctionPending: the function is being created; UpdateInProgress: it is being changed.
        """
        progress = self.details.progress
        self.settle()
        if progress == "creating":
            raise FunctionPending
        if progress == "updating":
            raise UpdateInProgress(self.function_arn)

    def check_active(self) -> None:
        """:raises FunctionPending: the function cannot be invoked yet, but the next time."""
        if self.details.progress == "creating":
            self.check_settled()

    def touch(self, progress: Progress) -> None:
        """Note that the function changes now: a new revision id, and what AWS would be doing about it."""
        self.last_modified = to_lambda_time(utcnow())
        self.code_or_config_updated = True
        pending = progress if scope.options().function_states == "pending" else None
        self.details = dataclasses.replace(
            self.details, revision_id=new_revision(), deployment_id=new_revision(), progress=pending
        )

    def settle(self) -> None:
        """What AWS was doing about the function is done."""
        if self.details.progress is not None:
            self.details = dataclasses.replace(self.details, progress=None)

    def renew_revision(self) -> None:
        """Give the function a new revision id, as each change of it does."""
        self.details = dataclasses.replace(self.details, revision_id=new_revision())

    def published(self, number: int, description: str | None = None) -> DeployedFunction:
        """The version ``number`` of this function, ``$LATEST``, which shares nothing with it that can change."""
        version = in_moto.separate_copy(self)
        version.set_version(number)
        version.last_modified = to_lambda_time(utcnow())
        version.tags, version.event_invoke_config = {}, []
        version.reserved_concurrency = version.url_config = None
        if description is not None:
            version.description = description
        pending: Progress | None = "creating" if scope.options().function_states == "pending" else None
        version.details = dataclasses.replace(
            self.details, revision_id=new_revision(), progress=pending, published_from=fingerprint(self), versions=0
        )
        self.details = dataclasses.replace(self.details, versions=number)
        self.code_or_config_updated = False
        self.renew_revision()
        return version

    @classmethod
    def adopt(cls, function: LambdaFunction) -> DeployedFunction:
        """Make moto's ``function`` a deployed one, in place."""
        if isinstance(function, cls):
            return function
        in_moto.become(function, cls)
        adopted = cast(DeployedFunction, function)
        adopted.last_modified = _in_lambda_form(function.last_modified)
        adopted.details = _details_of_adopted(adopted, _set_aside.get(function))
        return adopted

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> str | bytes:  # noqa: ARG002 - as moto calls it
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

    def run_in_docker(self, event: Any) -> tuple[str, bool, str]:
        """Run in a container, as moto does: what was printed last, whether it failed, and the log."""
        return in_moto.run_in_docker(self, event)

    def release(self) -> None:
        """Make it moto's own again."""
        _set_aside[self] = self.details
        del self.details
        in_moto.become(self, LambdaFunction)


def to_lambda_time(moment: datetime) -> str:
    """``moment``, in UTC, as Lambda's API gives times of functions."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


@contextmanager
def calling(arn: str | None = None, *, waiting: bool = False) -> Iterator[None]:
    """The call that one of moto's services makes inside the block means ``arn``, the function's own if None."""
    token = _asked.set(Asked(arn, waiting))
    try:
        yield
    finally:
        _asked.reset(token)


def _details_of_adopted(function: DeployedFunction, kept: FunctionDetails | None) -> FunctionDetails:
    details = kept or FunctionDetails.of_new(function.function_name)
    function.details = dataclasses.replace(
        details,
        has_environment=details.has_environment or bool(function.environment_vars),
        has_vpc=details.has_vpc or bool(in_moto.vpc_config_of(function)),
    )
    if kept is None and function.number:
        return dataclasses.replace(function.details, published_from=fingerprint(function))
    return function.details


def _in_lambda_form(moment: str) -> str:
    # moto's has nanoseconds, which datetime does not read.
    if not moment.endswith("Z"):
        return moment
    return to_lambda_time(datetime.fromisoformat(moment[:23]).replace(tzinfo=timezone.utc))


class _TemplatePolicy(Policy):
    """Takes the permissions of templates to the backend, which holds the policies."""

    def add_statement(self, raw: str, qualifier: str | None = None) -> tuple[Any, str]:
        properties = json.loads(raw)
        parameters = {"StatementId": in_moto.random_uuid(), "Qualifier": qualifier, **properties}
        backend: Any = get_backend(self.parent.account_id, self.parent.region)
        return backend.add_permission(properties["FunctionName"], parameters), ""


Progress = Literal["creating", "updating"]

KEPT_AS_SENT = frozenset(
    {
        "AcceleratorConfig",
        "CapacityProviderConfig",
        "DeadLetterConfig",
        "DurableConfig",
        "FileSystemConfigs",
        "RuntimeConfig",
        "TenancyConfig",
    }
)
"""Settings that are answered as they were sent, by their names in the API."""


_numbers = count(1)


def new_revision() -> str:
    """A revision id that nothing else has."""
    return in_moto.random_uuid()


@dataclass(frozen=True, kw_only=True)
class FunctionDetails:
    """The rest of a function version; each change makes a new one, so that versions may share it.

    ``deployment_id`` changes with code and configuration only, ``revision_id`` with tags and publishing too.
    ``as_sent`` has the settings of KEPT_AS_SENT that are there; ``logging`` the whole LoggingConfig. ``progress`` is
    what AWS would still be doing; ``created`` orders functions by age. ``published_from`` tells whether ``$LATEST`` has
    changed since a version was made of it, ``versions`` counts those made of ``$LATEST``, deleted ones too.
    """

    revision_id: str = field(default_factory=new_revision)
    deployment_id: str = field(default_factory=new_revision)
    as_sent: Mapping[str, Any] = field(default_factory=dict)
    logging: Mapping[str, str]
    snap_start: str = "None"
    has_environment: bool = False
    has_vpc: bool = False
    progress: Progress | None = None
    created: int = field(default_factory=lambda: next(_numbers))
    published_from: str | None = None
    versions: int = 0

    @classmethod
    def of_new(cls, function_name: str) -> FunctionDetails:
        """Those of a function for which nothing was set."""
        return cls(logging={"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"})

    def changed(self, settings: Mapping[str, Any]) -> FunctionDetails:
        """These details with the request's ``settings`` in place, and a new revision id."""
        sent = {name: value for name, value in settings.items() if name in KEPT_AS_SENT}
        as_sent = {name: value for name, value in {**self.as_sent, **sent}.items() if not _is_nothing(value)}
        snap_start = (settings.get("SnapStart") or {}).get("ApplyOn") or self.snap_start
        return dataclasses.replace(
            self,
            revision_id=new_revision(),
            deployment_id=new_revision(),
            as_sent=as_sent,
            logging=_logging(self.logging, settings.get("LoggingConfig") or {}),
            snap_start=snap_start,
            has_environment="Environment" in settings or self.has_environment,
            has_vpc="VpcConfig" in settings or self.has_vpc,
        )


def _is_nothing(setting: Any) -> bool:
    # An empty TargetArn or list is how a request takes a setting back.
    return not setting or setting == {"TargetArn": ""}


def _logging(stored: Mapping[str, str], sent: Mapping[str, str]) -> Mapping[str, str]:
    levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    defaults = levels if sent.get("LogFormat") == "JSON" and stored["LogFormat"] != "JSON" else {}
    logging = {**stored, **defaults, **sent}
    # Only JSON logs have levels.
    return logging if logging["LogFormat"] == "JSON" else {k: v for k, v in logging.items() if k not in levels}
