"""Fixes of faults in moto's CloudFormation, each in a module of its own; docs/upstream.md describes the faults."""

from __future__ import annotations

from typing import Any

from ....patching.patches import Patches
from . import (
    boundaries,
    change_sets,
    conditions,
    deletions,
    exports,
    lacking,
    nested_stacks,
    parameters,
    replaced,
    roles,
    template_urls,
    transforms,
)


def patch_parsing(parsing: Any, patches: Patches) -> None:
    """Mend ``moto.cloudformation.parsing``, and what templates need of ``moto.iam.models``."""
    conditions.patch_parsing(parsing, patches)
    lacking.patch(parsing, patches)
    replaced.patch(parsing, patches)
    parameters.patch_parsing(parsing, patches)
    nested_stacks.patch_parsing(parsing, patches)
    roles.patch(parsing.iam_models, patches)
    boundaries.patch(parsing.iam_models, patches)


def patch_models(models: Any, parsing: Any, patches: Patches) -> None:
    """Mend ``moto.cloudformation.models``."""
    template_urls.patch(models, patches)
    transforms.patch_models(models, patches)
    change_sets.patch(models, patches)
    conditions.patch_models(models, patches)
    exports.patch(models, parsing, patches)
    deletions.patch(models, patches)
    parameters.patch_models(models, patches)
    nested_stacks.patch_models(models, patches)


def patch_responses(responses: Any, patches: Patches) -> None:
    """Mend ``moto.cloudformation.responses``."""
    template_urls.patch(responses, patches)
    transforms.patch_responses(responses, patches)
