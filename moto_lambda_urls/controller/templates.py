"""Deployment of templates: SAM, CloudFormation, what the CDK synthesizes and osls packages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ..messages.templates import read_template
from .artifacts import named_paths, with_uploads
from .assemblies import Assets, bootstrap_parameters, stack_name_of, stack_template_in
from .bucket import Bucket
from .packaged_services import is_of_service, service_stack_name, service_template_in, with_local_archives
from .stack import Deployer, Stack

_FILES = ("template.yaml", "template.yml", "template.json")
"""What SAM looks for in a folder, in its order."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]+")
_MAX_NAME_LENGTH = 128
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_NO_CHANGE = "No updates are to be performed."


def deploy_template(
    controller: Deployer,
    path: str | Path,
    *,
    parameters: Mapping[str, str] | None,
    stack_name: str | None,
    region_name: str | None,
) -> Stack:
    """Create the stack of the template at ``path``, or change it if it is there; see ``LambdaUrls.deploy_template``."""
    file = _template_file(Path(path))
    client = controller.client("cloudformation", region_name)
    stack = Stack(
        stack_name or _stack_name(file),
        client.meta.region_name,
        controller=controller,
        update=lambda stack, path, parameters: _put(controller, stack, _template_file(Path(path)), parameters or {}),
    )
    _put(controller, stack, file, parameters or {})
    return stack


def is_template(name: str) -> bool:
    """Whether ``name`` is the path of a template, or of a folder, and not the name of a handler."""
    return name.endswith((".yaml", ".yml", ".json")) or Path(name).is_dir()


def sources(path: str | Path) -> set[Path]:
    """The files and folders that the stack of the template at ``path`` is made of.

    :raises OSError, ValueError: the template is not there, or cannot be read.
    """
    file = _template_file(Path(path))
    if Assets.manifest_of(file) or is_of_service(file):
        return {file.parent}
    return {file, *named_paths(read_template(file.read_text(encoding="utf-8")), file.parent)}


def _template_file(path: Path) -> Path:
    if not path.is_dir():
        if not path.exists():
            raise FileNotFoundError(f"there is no template {str(path)!r}")
        return path
    synthesized = stack_template_in(path) or service_template_in(path)
    found = synthesized or next((path / name for name in _FILES if (path / name).is_file()), None)
    if found is None:
        raise FileNotFoundError(
            f"the folder {str(path)!r} has none of {', '.join(_FILES)}, and is no cloud assembly or packaged service"
        )
    return found


def _stack_name(file: Path) -> str:
    if given := stack_name_of(file) or service_stack_name(file):
        return given
    stem = file.name.partition(".")[0]
    named = file.resolve().parent.name if stem == "template" else stem
    return _NOT_IN_NAMES.sub("-", named).strip("-0123456789")[:_MAX_NAME_LENGTH] or "stack"


def _put(controller: Deployer, stack: Stack, file: Path, parameters: Mapping[str, str]) -> None:
    template = _with_uploads(controller, stack, file)
    declared = template.get("Parameters") or {}
    if unknown := sorted(parameters.keys() - declared.keys()):
        named = ", ".join(declared) or "none"
        raise ValueError(f"the template {str(file)!r} has no parameter {', '.join(unknown)}; its parameters: {named}")
    client = controller.client("cloudformation", stack.region_name)
    request = {"StackName": stack.name, "TemplateBody": json.dumps(template), "Capabilities": _CAPABILITIES}
    known = _known_parameters(client, stack.name)
    given = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in parameters.items()]
    if known is None:
        client.create_stack(**request, Parameters=given)
        return
    kept = known & declared.keys() - parameters.keys()
    previous = [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)]
    try:
        client.update_stack(**request, Parameters=[*given, *previous])
    except ClientError as error:
        if error.response["Error"]["Message"] != _NO_CHANGE:
            raise


def _with_uploads(controller: Deployer, stack: Stack, file: Path) -> dict[str, Any]:
    try:
        template = with_local_archives(read_template(file.read_text(encoding="utf-8")), file)
    except ValueError as error:
        raise ValueError(f"the template {str(file)!r} cannot be read: {error}") from error
    s3 = controller.client("s3", stack.region_name)
    account_id = controller.client("sts", stack.region_name).get_caller_identity()["Account"]
    if manifest := Assets.manifest_of(file):
        assets = Assets(manifest=manifest, account_id=account_id, region_name=stack.region_name)
        assets.publish(lambda name: Bucket(s3, name))
        _bootstrap(controller.client("ssm", stack.region_name), template)
    return with_uploads(template, file.parent, Bucket(s3, f"moto-lambda-urls-{account_id}-{stack.region_name}"))


def _bootstrap(ssm: Any, template: Mapping[str, Any]) -> None:
    for name, value in bootstrap_parameters(template):
        try:
            ssm.put_parameter(Name=name, Value=value, Type="String")
        except ssm.exceptions.ParameterAlreadyExists:
            continue


def _known_parameters(client: Any, stack_name: str) -> set[str] | None:
    """The names of the stack's parameters; None when there is no such stack."""
    try:
        [stack] = client.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return {each["ParameterKey"] for each in stack.get("Parameters", [])}
