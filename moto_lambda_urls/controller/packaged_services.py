"""Packaged services of osls and the Serverless Framework: a template, and the archives that it expects in a bucket."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_STATE = "serverless-state.json"
_TEMPLATE = "cloudformation-template-update-stack.json"
_CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}


def service_template_in(folder: Path) -> Path | None:
    """The template of the packaged service in ``folder``, such as ``.serverless``; None when it holds none."""
    return folder / _TEMPLATE if (folder / _STATE).is_file() else None


def is_of_service(template_file: Path) -> bool:
    """Whether ``template_file`` is the template of a packaged service."""
    return template_file == service_template_in(template_file.parent)


def service_stack_name(template_file: Path) -> str | None:
    """The name that ``osls deploy`` gives the stack of ``template_file``; None when that is of no packaged service."""
    if not is_of_service(template_file):
        return None
    service = json.loads(template_file.with_name(_STATE).read_text(encoding="utf-8"))["service"]
    provider = service["provider"]
    return str(provider.get("stackName") or f"{service['service']}-{provider['stage']}")


def with_local_archives(template: Mapping[str, Any], template_file: Path) -> dict[str, Any]:
    """``template`` with the archives beside its file in the place of the keys that ``osls deploy`` uploads them as."""
    local: dict[str, Any] = copy.deepcopy(dict(template))
    if not is_of_service(template_file):
        return local
    for resource in local["Resources"].values():
        code = resource.get("Properties", {}).get(_CODE.get(resource["Type"]))
        if isinstance(code, dict) and isinstance(code.get("S3Key"), str):
            archive = PurePosixPath(code["S3Key"]).name
            if template_file.with_name(archive).is_file():
                resource["Properties"][_CODE[resource["Type"]]] = archive
    return local
