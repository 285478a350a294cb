"""Checks of a function's settings that the service model does not express."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from moto.backends import get_backend
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from ...state import scope
from ..exceptions import AccessDeniedException, InvalidParameterValueException
from .runtimes import REFUSED, known_runtimes, listed_runtimes

if TYPE_CHECKING:
    from moto.ec2.models.subnets import Subnet

MAX_ENVIRONMENT_BYTES = 4096
"""Of the variables as compact JSON."""
MAX_TAGS = 50
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, …/configuration-tags.html"""

RESERVED_KEYS = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""

_WITH_SNAP_START = re.compile(r"java(?:1[1-9]|[2-9]\d)(?:\..+)?|python3\.(?:1[2-9]|[2-9]\d)|dotnet(?:[89]|\d\d)")
"""https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes"""


_CHECKED_BY_MOTO = ("Architectures", "Code", "EphemeralStorage", "FunctionName", "Layers", "Role")


def checked_settings(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those members of a request to create a function whose values are checked: all, or with ``validate="moto"`` those
    that plain moto checks, or that names and ARNs are made of."""
    if scope.options().validate == "aws":
        return request
    return {name: request[name] for name in _CHECKED_BY_MOTO if name in request}


def check_settings(settings: Mapping[str, Any], *, account_id: str, region: str, runtime: str | None) -> None:
    """Check the ``settings`` of a request; ``runtime`` is the function's, with them in place.

    :raises InvalidParameterValueException: Environment, Role, Runtime, SnapStart, Tags or VpcConfig are not acceptable.
    :raises AccessDeniedException: the role is another account's.
    """
    check_environment((settings.get("Environment") or {}).get("Variables") or {})
    if "Role" in settings:
        check_role(settings["Role"], account_id, region)
    if "Runtime" in settings:
        check_runtime(settings["Runtime"])
    if (settings.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions":
        check_snap_start(str(runtime))
        check_tenancy(settings, "SnapStart")
    check_tags(settings.get("Tags") or {})
    check_vpc(settings.get("VpcConfig") or {}, account_id, region)


def check_vpc(vpc: Mapping[str, Any], account_id: str, region: str) -> None:
    """Check that the subnets and security groups of the VpcConfig ``vpc`` are in moto's EC2.

    :raises InvalidParameterValueException: one is not.
    """
    for subnet_id in vpc.get("SubnetIds") or []:
        if find_subnet(subnet_id, account_id, region) is None:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. "
                f"EC2 Error Message: The subnet ID '{subnet_id}' does not exist"
            )
    for group_id in vpc.get("SecurityGroupIds") or []:
        if get_backend("ec2")[account_id][region].get_security_group_from_id(group_id) is None:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. "
                f"EC2 Error Message: The security group '{group_id}' does not exist"
            )


def find_subnet(subnet_id: str, account_id: str, region: str) -> Subnet | None:
    """A subnet of moto's EC2, None when it is not there."""
    zones = get_backend("ec2")[account_id][region].subnets.values()
    return next((zone[subnet_id] for zone in zones if subnet_id in zone), None)


def check_environment(variables: Mapping[str, str]) -> None:
    """Check environment variables.

    :raises InvalidParameterValueException: they are over 4 KB, or have names that Lambda reserves.
    """
    unable = "Lambda was unable to configure your environment variables because the environment variables you have"
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > MAX_ENVIRONMENT_BYTES:
        raise InvalidParameterValueException(f"{unable} provided exceeded the 4KB limit. String measured: {measured}")
    reserved = [key for key in variables if key in RESERVED_KEYS]
    if reserved:
        raise InvalidParameterValueException(
            f"{unable} provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )


def check_runtime(runtime: str) -> None:
    """Check the name of a runtime.

    :raises InvalidParameterValueException: the service model has no such runtime, or AWS takes it no more.
    """
    if runtime not in known_runtimes():
        raise InvalidParameterValueException(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: "
            f"Member must satisfy enum value set: {listed_runtimes()} or be a valid ARN"
        )
    if runtime in REFUSED:
        raise InvalidParameterValueException(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )


def check_role(role: str, account_id: str, region: str) -> None:
    """Check that a role can be a function's.

    :raises AccessDeniedException: the role is another account's.
    :raises InvalidParameterValueException: the role does not exist.
    """
    partition = get_partition(region)
    if role.split(":")[4] != account_id:
        raise AccessDeniedException("Cross-account pass role is not allowed.")
    try:
        iam_backends[account_id][partition].get_role_by_arn(role)
    except NotFoundException as missing:
        message = "The role defined for the function cannot be assumed by Lambda."
        raise InvalidParameterValueException(message) from missing


def check_snap_start(runtime: str) -> None:
    """Check that ``runtime`` supports SnapStart.

    :raises InvalidParameterValueException: it does not.
    """
    if not _WITH_SNAP_START.fullmatch(runtime):
        raise InvalidParameterValueException(f"{runtime} is not supported for SnapStart enabled functions.")


def check_tenancy(settings: Mapping[str, Any], feature: str) -> None:
    """Check that a function with ``settings`` is not isolated by tenants, which excludes ``feature``.

    https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html; the text is a decision.

    :raises InvalidParameterValueException: it has a TenancyConfig.
    """
    if settings.get("TenancyConfig"):
        raise InvalidParameterValueException(f"{feature} is not supported for functions with a TenancyConfig.")


def check_tenant(settings: Mapping[str, Any], tenant_id: str | None) -> None:
    """Check that ``tenant_id`` is given to a function with ``settings`` that is isolated by tenants, and to no other.

    https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-troubleshooting.html, whose words the second text has
    in the form of the first: https://aws.amazon.com/blogs/compute/building-multi-tenant-saas-applications-with-aws-lambdas-new-tenant-isolation-mode/

    :raises InvalidParameterValueException: it is missing, or too much.
    """
    if settings.get("TenancyConfig") and tenant_id is None:
        raise InvalidParameterValueException(
            "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try "
            "again."
        )
    if tenant_id is not None and not settings.get("TenancyConfig"):
        raise InvalidParameterValueException(
            "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request "
            "and try again."
        )


def check_tags(tags: Mapping[str, str]) -> None:
    """Check the number of tags.

    :raises InvalidParameterValueException: there are more than MAX_TAGS.
    """
    if len(tags) > MAX_TAGS:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")


def check_package_type(request: Mapping[str, Any]) -> None:
    """Check that the request to create a function fits its package type.

    :raises InvalidParameterValueException: it does not.
    """
    is_image = request.get("PackageType", "Zip") == "Image"
    if is_image:
        check_image_settings(request)
    elif not (request.get("Handler") and request.get("Runtime")):
        raise InvalidParameterValueException(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        )
    # A decision: of these two AWS's texts for a creation, and for an ImageConfig, are not public.
    check_image_uri(request.get("Code") or {}, is_image=is_image, doing="creating")
    if request.get("ImageConfig") and not is_image:
        raise InvalidParameterValueException(
            "Please don't provide ImageConfig when the intended function PackageType is Zip."
        )


def check_image_settings(settings: Mapping[str, Any]) -> None:
    """Check that the settings of an image have nothing that only a zip may have.

    :raises InvalidParameterValueException: they have a runtime, a handler or layers.
    """
    if settings.get("Handler") or settings.get("Runtime") or settings.get("Layers"):
        raise InvalidParameterValueException(
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        )


def check_image_uri(code: Mapping[str, Any], *, is_image: bool, doing: Literal["creating", "updating"]) -> None:
    """Check that an image, and nothing but an image, has an ImageUri.

    :raises InvalidParameterValueException: an image has none, or a zip has one.
    """
    has_uri = bool(code.get("ImageUri"))
    if is_image and not has_uri:
        raise InvalidParameterValueException(f"Please provide ImageUri when {doing} a function with packageType Image.")
    if has_uri and not is_image:
        raise InvalidParameterValueException(
            f"Please don't provide ImageUri when {doing} a function with packageType Zip."
        )
