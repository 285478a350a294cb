"""Deletion of everything that a run has made, and of what a run that was killed has left."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from botocore.exceptions import BotoCoreError, ClientError

from .limits import PREFIX, NotAllowedError, Undo

_GONE = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchEntity",
    "NoSuchEntityException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}
_TRIES = 6


class Made:
    """What a run has made: ``pending`` is to be taken back, newest last."""

    def __init__(self, client: Callable[[str], Any], *, pause: float) -> None:
        self._client = client
        self._pause = pause
        self.pending: list[Undo] = []
        self.undone: list[Undo] = []
        self.left: list[Undo] = []

    def __len__(self) -> int:
        return len(self.pending)

    def add(self, undo: Undo) -> None:
        """Remember how something is taken back; before it is made where its name is known."""
        if undo not in self.pending:
            self.pending.append(undo)

    def take_back(self, since: int = 0) -> None:
        """Take back what was made after the first ``since`` things, newest first; what cannot be stays in ``left``.

        What is used by something else goes after that: the rest is tried again.
        """
        for attempt in range(_TRIES):
            time.sleep(self._pause * attempt)
            for undo in reversed(self.pending[since:]):
                if self._undo(undo):
                    self.pending.remove(undo)
                    self.undone.append(undo)
            if len(self.pending) == since:
                return
        self.left += self.pending[since:]
        del self.pending[since:]

    def _undo(self, undo: Undo) -> bool:
        try:
            getattr(self._client(undo.service), undo.operation)(**undo.parameters)
        except ClientError as error:
            return error.response["Error"]["Code"] in _GONE
        except BotoCoreError:
            return False
        return True


def sweep(client: Callable[[str], Any], prefix: str, made: Made) -> None:
    """Look for whatever has ``prefix`` in its name, and let ``made`` take it back.

    :raises NotAllowedError: ``prefix`` is not that of a run.
    """
    if not PREFIX.fullmatch(prefix):
        raise NotAllowedError(f"{prefix!r} is no prefix of a run's names")
    for undo in list(_found(client, prefix)):
        made.add(undo)
    made.take_back()


def _found(client: Callable[[str], Any], prefix: str) -> Iterator[Undo]:
    """What is there, what must go last first."""
    iam = client("iam")
    for role in _all(iam, "list_roles", "Roles"):
        name = role["RoleName"]
        if name.startswith(prefix):
            yield Undo("iam", "delete_role", {"RoleName": name})
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                yield Undo("iam", "delete_role_policy", {"RoleName": name, "PolicyName": policy})
    for url in client("sqs").list_queues(QueueNamePrefix=prefix).get("QueueUrls", []):
        yield Undo("sqs", "delete_queue", {"QueueUrl": url})
    aws_lambda = client("lambda")
    for config in _all(aws_lambda, "list_code_signing_configs", "CodeSigningConfigs"):
        if config["Description"].startswith(prefix):
            parameters = {"CodeSigningConfigArn": config["CodeSigningConfigArn"]}
            yield Undo("lambda", "delete_code_signing_config", parameters)
    for layer in _all(aws_lambda, "list_layers", "Layers"):
        if layer["LayerName"].startswith(prefix):
            for version in aws_lambda.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]:
                parameters = {"LayerName": layer["LayerName"], "VersionNumber": version["Version"]}
                yield Undo("lambda", "delete_layer_version", parameters)
    for function in _all(aws_lambda, "list_functions", "Functions"):
        name = function["FunctionName"]
        if name.startswith(prefix):
            yield Undo("lambda", "delete_function", {"FunctionName": name})
            mappings = aws_lambda.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
            for mapping in mappings:
                yield Undo("lambda", "delete_event_source_mapping", {"UUID": mapping["UUID"]})
    for stack in _all(client("cloudformation"), "describe_stacks", "Stacks"):
        if stack["StackName"].startswith(prefix):
            yield Undo("cloudformation", "delete_stack", {"StackName": stack["StackName"]})


def _all(client: Any, operation: str, member: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate():
        yield from page[member]


@contextmanager
def uninterrupted(output: TextIO) -> Iterator[None]:
    """Let no Ctrl-C and no SIGTERM end what runs inside: the second says that it must wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def wait(*_: object) -> None:
        print("Deleting what was made: this ends by itself.", file=output, flush=True)

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, wait) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
