"""The FunctionConfiguration structure of Lambda's API, made from a function version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction

from ..in_moto import vpc_config_of
from .checks import find_subnet
from .details import FunctionDetails

NOT_IN_LISTS = frozenset(
    {
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
        "State",
        "StateReason",
        "StateReasonCode",
    }
)
"""https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html"""

_NOT_PUBLISHED = NOT_IN_LISTS | {"FunctionArn", "LastModified", "RevisionId", "Version"}
"""What tells a version from the $LATEST that it was made of."""

_MOTOS_VPC = "vpc-123abc"


def describe(
    function: LambdaFunction, details: FunctionDetails, *, arn: str | None = None, with_update_status: bool = True
) -> dict[str, Any]:
    """The configuration of ``function``, which has ``details``; ``arn`` is the function's own when None.

    With ``with_update_status`` it has the LastUpdateStatus.
    """
    configuration = {
        "FunctionName": function.function_name,
        "FunctionArn": arn or function.function_arn,
        "Runtime": function.run_time,
        "Role": function.role,
        "Handler": function.handler,
        "CodeSize": function.code_size,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory_size,
        "LastModified": function.last_modified,
        "CodeSha256": function.code_sha_256,
        "Version": str(function.version),
        "VpcConfig": _vpc(function) if details.has_vpc else None,
        "Environment": {"Variables": dict(function.environment_vars)} if details.has_environment else None,
        "KMSKeyArn": getattr(function, "kms_key_arn", None) or None,
        "TracingConfig": dict(function.tracing_config),
        "RevisionId": details.revision_id,
        "Layers": [dict(layer) for layer in function.layers] or None,
        "PackageType": function.package_type,
        "ImageConfigResponse": _image_config(function),
        "Architectures": list(function.architectures),
        "EphemeralStorage": {"Size": function.ephemeral_storage},
        "SnapStart": {"ApplyOn": details.snap_start, "OptimizationStatus": _optimization(function, details)},
        "RuntimeVersionConfig": _runtime_version(function, details),
        "LoggingConfig": dict(details.logging),
        "SigningProfileVersionArn": function.signing_profile_version_arn,
        "SigningJobArn": function.signing_job_arn,
        **details.as_sent,
        **_state(function, details, with_update_status=with_update_status),
    }
    return {name: value for name, value in configuration.items() if value is not None}


def in_list(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The members of ``configuration`` that ListFunctions answers."""
    return {name: value for name, value in configuration.items() if name not in NOT_IN_LISTS}


def fingerprint(function: LambdaFunction, details: FunctionDetails) -> str:
    """A text that differs whenever PublishVersion has something new to publish."""
    configuration = describe(function, details)
    return json.dumps({k: v for k, v in configuration.items() if k not in _NOT_PUBLISHED}, sort_keys=True)


def _state(function: LambdaFunction, details: FunctionDetails, *, with_update_status: bool) -> dict[str, str]:
    reason, code = "The function is being created.", "Creating"
    if details.progress == "creating":
        return {"State": "Pending", "StateReason": reason, "StateReasonCode": code}
    if not with_update_status:
        return {"State": function.state}
    if details.progress == "updating":
        # AWS gives the reason of a creation here too.
        update = {"LastUpdateStatusReason": reason, "LastUpdateStatusReasonCode": code}
        return {"State": function.state, "LastUpdateStatus": "InProgress", **update}
    return {"State": function.state, "LastUpdateStatus": "Successful"}


def _vpc(function: LambdaFunction) -> dict[str, Any]:
    sent = vpc_config_of(function)
    subnets, groups = list(sent.get("SubnetIds") or []), list(sent.get("SecurityGroupIds") or [])
    vpc = {"SubnetIds": subnets, "SecurityGroupIds": groups, "VpcId": _vpc_id(function, subnets, groups)}
    dual_stack = sent.get("Ipv6AllowedForDualStack")
    return {**vpc, "Ipv6AllowedForDualStack": bool(dual_stack)}


def _vpc_id(function: LambdaFunction, subnets: list[str], groups: list[str]) -> str:
    if not subnets:
        return _MOTOS_VPC if groups else ""
    found = find_subnet(subnets[0], function.account_id, function.region)
    return str(found.vpc_id) if found else _MOTOS_VPC  # plain moto made the function, or the subnet has gone


def _image_config(function: LambdaFunction) -> dict[str, Any] | None:
    if function.package_type != "Image":
        return None
    config = {
        "EntryPoint": function.image_config.entry_point,
        "Command": function.image_config.cmd,
        "WorkingDirectory": function.image_config.working_directory,
    }
    given = {name: value for name, value in config.items() if value}
    return {"ImageConfig": given} if given else None


def _optimization(function: LambdaFunction, details: FunctionDetails) -> str:
    is_on = details.snap_start == "PublishedVersions" and str(function.version).isdigit()
    return "On" if is_on else "Off"


def _runtime_version(function: LambdaFunction, details: FunctionDetails) -> dict[str, str] | None:
    if function.package_type == "Image":
        return None
    if details.runtime_version_arn:
        return {"RuntimeVersionArn": details.runtime_version_arn}
    # A decision: AWS's ids are hashes of what it does not publish; this one stays the same for a runtime.
    version = hashlib.sha256(str(function.run_time).encode()).hexdigest()
    return {"RuntimeVersionArn": f"arn:{function.partition}:lambda:{function.region}::runtime:{version}"}
