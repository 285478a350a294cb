"""Attributes of function versions that moto does not keep: ephemeral storage, SnapStart, revision id and others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from moto.awslambda.models import LayerVersion

from ..in_moto import random_uuid

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

_numbers = count(1)  # of the process: functions outlive a mock, and only the order of the numbers counts


def new_revision() -> str:
    """A revision id that nothing else has."""
    return random_uuid()


@dataclass(frozen=True, kw_only=True)
class FunctionDetails:
    """Immutable attributes of a function version; a change makes a new object, so versions may share one.

    ``deployment_id`` changes with code and configuration only, ``revision_id`` with tags and publishing too.
    ``as_sent`` has the settings of KEPT_AS_SENT that are there; ``logging`` the whole LoggingConfig. ``progress`` is
    what AWS would still be doing, ``is_new`` whether the last change is still to be answered; ``created`` orders
    functions by age. ``published_from`` tells whether ``$LATEST`` has changed since a version was made of it,
    ``versions`` counts those made of ``$LATEST``, deleted ones too. ``runtime_version_arn`` is the one that was set by
    hand, ``scaling`` a version's FunctionScalingConfig. ``layers`` keeps the contents of layers for as long as the
    function has them. ``template_properties`` are what CloudFormation gave it last: asked for again, they change
    nothing.
    """

    revision_id: str = field(default_factory=new_revision)
    deployment_id: str = field(default_factory=new_revision)
    as_sent: Mapping[str, Any] = field(default_factory=dict)
    logging: Mapping[str, str]
    snap_start: str = "None"
    has_environment: bool = False
    has_vpc: bool = False
    progress: Progress | None = None
    is_new: bool = False
    created: int = field(default_factory=lambda: next(_numbers))
    published_from: str | None = None
    versions: int = 0
    recursive_loop: str = "Terminate"
    update_runtime_on: str = "Auto"
    runtime_version_arn: str | None = None
    code_signing_config_arn: str | None = None
    scaling: Mapping[str, int] = field(default_factory=dict)
    layers: tuple[LayerVersion, ...] = ()
    template_properties: Mapping[str, Any] | None = None

    @classmethod
    def of_new(cls, function_name: str) -> FunctionDetails:
        """The details of a new function without any settings."""
        return cls(logging={"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}"})

    def changed(self, settings: Mapping[str, Any]) -> FunctionDetails:
        """These details with the request's ``settings`` in place, and a new revision id."""
        kept = {name: value for name, value in settings.items() if name in KEPT_AS_SENT}
        sent = {name: value for name, value in kept.items() if not _is_no_change(name, value)}
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


def _is_no_change(name: str, setting: Any) -> bool:
    # Only an empty TargetArn takes the target back.
    return name == "DeadLetterConfig" and not setting


def _is_nothing(setting: Any) -> bool:
    # An empty TargetArn or list is how a request takes a setting back.
    return not setting or setting == {"TargetArn": ""}


def _logging(stored: Mapping[str, str], sent: Mapping[str, str]) -> Mapping[str, str]:
    levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    defaults = levels if sent.get("LogFormat") == "JSON" and stored["LogFormat"] != "JSON" else {}
    logging = {**stored, **defaults, **sent}
    # Only JSON logs have levels.
    return logging if logging["LogFormat"] == "JSON" else {k: v for k, v in logging.items() if k not in levels}
