"""Exports of stacks: in moto, an update does not change them, and what an update exported cannot be deleted."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from ....patching.patches import Method, Patches
from ..errors import validation_error


def patch(models: Any, parsing: Any, patches: Patches) -> None:
    """Keep the exports of ``moto.cloudformation.models``' backends as the stacks' templates are."""
    patches.method(models.CloudFormationBackend, "create_stack", _leaving_nothing)
    patches.method(models.CloudFormationBackend, "update_stack", _exporting)
    patches.method(models.CloudFormationBackend, "execute_change_set", _exporting_of_change_set)
    patches.method(models.CloudFormationBackend, "delete_stack", _known_exports_first)
    patches.value(parsing.OutputMap, "exports", property(partial(_exported, parsing)))


def _exported(parsing: Any, outputs: Any) -> list[Any]:
    # moto's own looks at no Condition, and refuses a template whose export is of a resource that is not to be.
    found = []
    for key, output_json in (outputs._output_json_map or {}).items():
        output = parsing.parse_output(key, output_json, outputs._resource_map) if output_json.get("Export") else None
        if output is not None:
            name = parsing.clean_json(output_json["Export"].get("Name"), outputs._resource_map)
            found.append(parsing.Export(outputs._stack_id, name, output.value))
    return found


def _leaving_nothing(original: Method) -> Method:
    def create_stack(backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        before = set(backend.stacks)
        try:
            return original(backend, name, *args, **kwargs)
        except Exception:
            # A decision: moto has no failed stacks, so that a refused one would stay and take the name.
            for stack in [backend.stacks.pop(each) for each in set(backend.stacks) - before]:
                _forget(backend, stack)
                with suppress(Exception):
                    stack.resource_map.delete()
            raise

    return create_stack


def _exporting(original: Method) -> Method:
    def update_stack(backend: Any, *args: Any, **kwargs: Any) -> Any:
        stack = original(backend, *args, **kwargs)
        _export(backend, stack)
        return stack

    return update_stack


def _exporting_of_change_set(original: Method) -> Method:
    def execute_change_set(backend: Any, *args: Any, **kwargs: Any) -> None:
        original(backend, *args, **kwargs)
        for stack in list(backend.stacks.values()):
            _export(backend, stack)

    return execute_change_set


def _known_exports_first(original: Method) -> Method:
    def delete_stack(backend: Any, name_or_stack_id: str) -> None:
        if stack := backend.stacks.get(name_or_stack_id):
            _export(backend, stack)
        original(backend, name_or_stack_id)

    return delete_stack


def _export(backend: Any, stack: Any) -> None:
    exports = {each.name: each for each in stack.exports}
    taken = [name for name in exports if name in backend.exports and not _is_of(stack, backend.exports[name])]
    if taken:
        owner = backend.exports[taken[0]].exporting_stack_id.split("/")[1]
        raise validation_error(f"Export with name {taken[0]} is already exported by stack {owner}")
    _forget(backend, stack)
    backend.exports.update(exports)


def _forget(backend: Any, stack: Any) -> None:
    for name in [name for name, each in backend.exports.items() if _is_of(stack, each)]:
        del backend.exports[name]


def _is_of(stack: Any, export: Any) -> bool:
    return bool(export.exporting_stack_id == stack.stack_id)
