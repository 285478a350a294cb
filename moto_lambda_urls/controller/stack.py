"""A deployed stack as a test holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .function_url import FunctionUrl

_URL = "AWS::Lambda::Url"
_FUNCTION = "AWS::Lambda::Function"
_ALIAS = "AWS::Lambda::Alias"
_ARN_PARTS = 7


class Deployer(Protocol):
    """What a Stack needs of its controller; a ``LambdaUrls`` is one."""

    def client(self, service: str, region_name: str | None = None) -> Any: ...
    def find(self, function_name: str, alias: str | None = None, *, region_name: str | None = None) -> FunctionUrl: ...


Update = Callable[["Stack", "str | Path", "Mapping[str, str] | None"], None]


class Stack:
    """A stack that ``deploy_template`` has created or changed; ``name`` and ``region_name`` are its own."""

    def __init__(self, name: str, region_name: str, *, controller: Deployer, update: Update) -> None:
        self.name = name
        self.region_name = region_name
        self._controller = controller
        self._update = update

    def __repr__(self) -> str:
        return f"<Stack {self.name} in {self.region_name}>"

    @property
    def outputs(self) -> dict[str, str]:
        """The values of the template's Outputs, by their names."""
        [stack] = self._client.describe_stacks(StackName=self.name)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    @property
    def functions(self) -> dict[str, str]:
        """The names of the stack's functions, by their logical ids."""
        return {logical_id: _target(physical)[0] for logical_id, physical in self._resources(_FUNCTION).items()}

    @property
    def urls(self) -> dict[str, FunctionUrl]:
        """The stack's function URLs, by the logical ids of the resources ``AWS::Lambda::Url``."""
        return {logical_id: self._find(*_target(arn)) for logical_id, arn in self._resources(_URL).items()}

    def url(self, logical_id: str | None = None) -> FunctionUrl:
        """The URL of a resource of the template: of a function, an alias or the URL itself.

        A function's is its own one or, when it has none, that of its only alias that has one, as SAM's
        ``AutoPublishAlias`` makes them.

        :param logical_id: may be left out where the stack has one URL.
        :raises LookupError: there is no such URL; the message names those that there are.
        """
        targets = {name: _target(arn) for name, arn in self._resources(_URL).items()}
        if logical_id is None:
            found = set(targets.values())
        elif logical_id in targets:
            found = {targets[logical_id]}
        else:
            function, alias = _target((self._resources(_FUNCTION) | self._resources(_ALIAS)).get(logical_id, ""))
            of_function = {each for each in targets.values() if each[0] == function}
            own = {each for each in of_function if each[1] == alias}
            found = own or (of_function if alias is None else set())
        if len(found) != 1:
            asked = "one URL" if logical_id is None else f"one URL of {logical_id!r}"
            known = ", ".join(f"{name} ({target[0]})" for name, target in targets.items()) or "none"
            raise LookupError(f"the stack {self.name!r} has not {asked}; its URLs: {known}")
        return self._find(*found.pop())

    def update(self, path: str | Path, *, parameters: Mapping[str, str] | None = None) -> None:
        """Change the stack to the template at ``path``, which may be the changed file that it was made of.

        :param parameters: those that are not named keep their values.
        :raises OSError: as for ``deploy_template``; so are ValueErrors.
        :raises botocore.exceptions.ClientError: CloudFormation refuses.
        """
        self._update(self, path, parameters)

    def delete(self) -> None:
        """Delete the stack with all that it made."""
        self._client.delete_stack(StackName=self.name)

    @property
    def _client(self) -> Any:
        return self._controller.client("cloudformation", self.region_name)

    def _resources(self, resource_type: str) -> dict[str, str]:
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        summaries = [each for page in pages for each in page["StackResourceSummaries"]]
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in summaries
            if each["ResourceType"] == resource_type
        }

    def _find(self, function_name: str, alias: str | None) -> FunctionUrl:
        return self._controller.find(function_name, alias, region_name=self.region_name)


def _target(physical_id: str) -> tuple[str, str | None]:
    """The function and the alias that the ARN or name of a function, an alias or a URL is of."""
    parts = physical_id.split(":")
    if len(parts) < _ARN_PARTS:
        return physical_id, None
    return parts[_ARN_PARTS - 1], parts[_ARN_PARTS] if len(parts) > _ARN_PARTS else None
