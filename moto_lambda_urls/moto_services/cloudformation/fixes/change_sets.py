"""Change sets: in moto, a stack that one made has no Outputs and Exports, imports none, and may be there twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ....patching.patches import Method, Patches
from ..errors import validation_error

_IN_REVIEW = "REVIEW_IN_PROGRESS"
_EMPTY = "{}"


def patch(models: Any, patches: Patches) -> None:
    """Let change sets of ``moto.cloudformation.models`` leave a stack as CreateStack and UpdateStack do."""
    patches.method(models.ChangeSet, "apply", _whole)
    patches.method(models.CloudFormationBackend, "create_change_set", _of_one_stack)
    patches.method(models.CloudFormationBackend, "execute_change_set", _with_imports)
    patches.method(models.CloudFormationBackend, "delete_change_set", _if_there)


def _whole(original: Method) -> Method:
    def apply(change_set: Any) -> None:
        stack = change_set.stack
        original(change_set)
        stack.template, stack.template_dict = change_set.template, change_set.template_dict
        stack.description = change_set.template_dict.get("Description")
        stack.parameters = {**stack.parameters, **change_set.parameters}
        stack.tags = change_set.tags or stack.tags
        stack.output_map = stack._create_output_map()

    return apply


def _of_one_stack(original: Method) -> Method:
    def create_change_set(backend: Any, **given: Any) -> Any:
        if given["change_set_type"] == "UPDATE":
            return original(backend, **given)
        before = set(backend.stacks)
        for stack in [each for each in backend.stacks.values() if each.name == given["stack_name"]]:
            if stack.status != _IN_REVIEW:
                raise validation_error(
                    f"Stack [{stack.name}] already exists and cannot be created again with the changeSet "
                    f"[{given['change_set_name']}]."
                )
            del backend.stacks[stack.stack_id]
        try:
            made: tuple[str, str] = original(backend, **given)
        except Exception:
            for stack_id in set(backend.stacks) - before:
                del backend.stacks[stack_id]
            raise
        backend.stacks[made[1]].template = _EMPTY  # a dict in moto
        return made

    return create_change_set


def _with_imports(original: Method) -> Method:
    def execute_change_set(backend: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = _found(backend, change_set_name, stack_name)
        if change_set is None:
            raise validation_error(f"ChangeSet [{change_set_name}] does not exist")
        stack = backend.stacks[change_set.stack_id]
        stack.cross_stack_resources = stack.resource_map.cross_stack_resources = backend.exports
        try:
            original(backend, change_set.change_set_id, stack_name)
        except Exception:
            if change_set.change_set_type == "CREATE":  # as CreateStack: what is refused leaves nothing
                with suppress(Exception):
                    stack.delete()
                backend.stacks.pop(stack.stack_id, None)
            raise

    return execute_change_set


def _if_there(original: Method) -> Method:
    def delete_change_set(backend: Any, change_set_name: str) -> None:
        if _found(backend, change_set_name) is not None:  # AWS answers 200 for one that is not
            original(backend, change_set_name)

    return delete_change_set


def _found(backend: Any, name: str, stack_name: str | None = None) -> Any:
    """The newest change set of that name or ARN, of that stack if one is given."""
    for each in reversed(backend.change_sets.values()):
        of_stack = stack_name in (None, each.stack_name, each.stack_id)
        if name == each.change_set_id or (name == each.change_set_name and of_stack):
            return each
    return None
