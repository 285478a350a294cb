"""What a run may do in an account: which operations, on which names, how many and for how long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PREFIX = re.compile(r"mlu-record-[0-9a-f]{8}")
"""The form of a run's prefix, which everything that it makes has in its name."""

_READS = ("get_", "list_", "describe_")
_NAMES = ("FunctionName", "RoleName", "QueueName", "StackName", "LayerName", "Description")
"""The parameters that say what a changing call is about, the first that is there."""

Parameters = Mapping[str, Any]


class NotAllowedError(Exception):
    """A call that no run may make: it could touch what is not the run's own."""


class BoundReachedError(Exception):
    """The run has made, asked or waited as much as it may."""


@dataclass(frozen=True)
class Undo:
    """The call that takes something back."""

    service: str
    operation: str
    parameters: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}({', '.join(map(str, self.parameters.values()))})"


def _by(service: str, operation: str, *names: str) -> Callable[[Parameters], Undo]:
    return lambda source: Undo(service, operation, {name: source[name] for name in names})


BY_NAME: dict[str, Callable[[Parameters], Undo]] = {
    "lambda.create_function": _by("lambda", "delete_function", "FunctionName"),
    "iam.create_role": _by("iam", "delete_role", "RoleName"),
    "iam.put_role_policy": _by("iam", "delete_role_policy", "RoleName", "PolicyName"),
    "cloudformation.create_stack": _by("cloudformation", "delete_stack", "StackName"),
}
"""How things are taken back that the request names: known before the request is sent."""

BY_ANSWER: dict[str, Callable[[Parameters], Undo]] = {
    "lambda.create_event_source_mapping": _by("lambda", "delete_event_source_mapping", "UUID"),
    "lambda.create_code_signing_config": lambda answer: Undo(
        "lambda",
        "delete_code_signing_config",
        {"CodeSigningConfigArn": answer["CodeSigningConfig"]["CodeSigningConfigArn"]},
    ),
    "lambda.publish_layer_version": lambda answer: Undo(
        "lambda",
        "delete_layer_version",
        {"LayerName": answer["LayerArn"].rpartition(":")[2], "VersionNumber": answer["Version"]},
    ),
    "sqs.create_queue": _by("sqs", "delete_queue", "QueueUrl"),
}
"""How things are taken back that only the answer names."""

_GO_WITH_A_FUNCTION = {
    f"lambda.{operation}"
    for operation in (
        "add_permission",
        "create_alias",
        "create_function_url_config",
        "delete_function_url_config",
        "delete_provisioned_concurrency_config",
        "invoke",
        "publish_version",
        "put_function_code_signing_config",
        "put_function_concurrency",
        "put_function_scaling_config",
        "put_provisioned_concurrency_config",
        "put_runtime_management_config",
        "remove_layer_version_permission",
        "remove_permission",
        "update_function_code",
        "update_function_configuration",
        "update_function_url_config",
    )
}
"""Changes of a function or layer of the run's, which end with it."""

_UNDOING = {"iam.delete_role", "lambda.delete_function", "lambda.delete_code_signing_config"}
_MAY_MAKE = {*BY_NAME, *BY_ANSWER}


@dataclass(kw_only=True)
class Limits:
    """Counts what a run does; ``seconds`` bounds how long it may go on, but for taking back."""

    prefix: str
    things: int = 200
    requests: int = 1500
    seconds: float = 2700
    clock: Callable[[], float] = time.monotonic
    counted: dict[str, int] = field(default_factory=lambda: {"things": 0, "requests": 0})

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix):
            raise NotAllowedError(f"{self.prefix!r} is no prefix of a run's names: mlu-record- and eight digits")
        self._end = self.clock() + self.seconds

    def check(self, service: str, operation: str, parameters: Parameters) -> None:
        """Count a call of AWS's API, before it is made.

        :raises NotAllowedError: it is none of those that a run may make, or not about something of the run's own.
        :raises BoundReachedError: it would be one too many, or the time is over.
        """
        name = f"{service}.{operation}"
        self.request()
        if operation.startswith(_READS) or name == "sts.assume_role":
            return
        if name not in _MAY_MAKE | _GO_WITH_A_FUNCTION | _UNDOING:
            raise NotAllowedError(f"{name} is no operation of a recording")
        about = next((str(parameters[each]) for each in _NAMES if each in parameters), "")
        if not self.owns(about):
            raise NotAllowedError(f"{name} of {about!r}, which has not this run's prefix {self.prefix}")
        if name in _MAY_MAKE:
            self._count("things", self.things)

    def owns(self, name: str) -> bool:
        """Whether ``name``, or the function that it is the ARN of, has the prefix."""
        return name.startswith(self.prefix) or f":function:{self.prefix}" in name

    def request(self) -> None:
        """Count a request.

        :raises BoundReachedError: it would be one too many, or the time is over.
        """
        if self.clock() > self._end:
            raise BoundReachedError(f"the {self.seconds:.0f} seconds that a run may take are over")
        self._count("requests", self.requests)

    def _count(self, what: str, most: int) -> None:
        if self.counted[what] >= most:
            raise BoundReachedError(f"a run makes at most {most} {what}")
        self.counted[what] += 1
