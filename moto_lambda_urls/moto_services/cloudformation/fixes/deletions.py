"""Stacks whose deletion is refused: in moto they are gone, with the resources that are left."""

from __future__ import annotations

from typing import Any

from ....patching.patches import Method, Patches


def patch(models: Any, patches: Patches) -> None:
    """Let ``moto.cloudformation.models``' backends keep a stack that could not be deleted, in ``DELETE_FAILED``."""
    patches.method(models.CloudFormationBackend, "delete_stack", _keeping_what_failed)


def _keeping_what_failed(original: Method) -> Method:
    def delete_stack(backend: Any, name_or_stack_id: str) -> None:
        stack = backend.stacks.get(name_or_stack_id)
        try:
            original(backend, name_or_stack_id)
        except Exception as refusal:
            if stack is not None:  # by its name, moto deletes it by its id
                backend.stacks[stack.stack_id] = stack
                stack.status = "DELETE_FAILED"
                stack._add_stack_event("DELETE_FAILED", resource_status_reason=str(refusal))
            raise

    return delete_stack
