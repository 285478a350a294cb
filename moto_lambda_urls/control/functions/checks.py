"""What AWS asks of a function's settings beyond the service model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.model import StringShape
from moto.awslambda.models import LambdaBackend, LayerVersion
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from ..exceptions import (
    CodeSigningConfigNotFound,
    EnvironmentTooLarge,
    ImageConfigOfZip,
    ImageUriMissing,
    ImageUriOfZip,
    InvalidRuntime,
    LayerInAnotherRegion,
    LayerTwice,
    LayerVersionMissing,
    NoSnapStart,
    NotForImages,
    ReservedEnvironmentKeys,
    RoleNotAssumable,
    RoleOfAnotherAccount,
    RuntimeAndHandlerMissing,
    TooManyLayers,
    TooManyTags,
)
from ..service_model import service_model

LARGEST_ENVIRONMENT = 4096
"""Bytes of the variables as compact JSON."""
MOST_LAYERS = 5
MOST_TAGS = 50
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


def check_settings(settings: Mapping[str, Any], *, account_id: str, region: str, runtime: str | None) -> None:
    """Raise what AWS answers to the ``settings`` of a request; ``runtime`` is the function's, with them in place.

    :raises EnvironmentTooLarge, ReservedEnvironmentKeys, InvalidRuntime, RoleNotAssumable, RoleOfAnotherAccount:
    :raises NoSnapStart, CodeSigningConfigNotFound, TooManyTags: a setting is not acceptable.
    """
    check_environment((settings.get("Environment") or {}).get("Variables") or {})
    if "Role" in settings:
        check_role(settings["Role"], account_id, region)
    if "Runtime" in settings:
        check_runtime(settings["Runtime"])
    if (settings.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions":
        check_snap_start(str(runtime))
    if settings.get("CodeSigningConfigArn"):
        raise CodeSigningConfigNotFound(settings["CodeSigningConfigArn"])
    check_tags(settings.get("Tags") or {})


def check_environment(variables: Mapping[str, str]) -> None:
    """:raises EnvironmentTooLarge: over 4 KB; ReservedEnvironmentKeys: Lambda sets some of them itself."""
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > LARGEST_ENVIRONMENT:
        raise EnvironmentTooLarge(measured)
    reserved = [key for key in variables if key in RESERVED_KEYS]
    if reserved:
        raise ReservedEnvironmentKeys(reserved)


def check_runtime(runtime: str) -> None:
    """:raises InvalidRuntime: the service model has no such runtime. A decision: deprecated ones are taken."""
    shape = service_model().shape_for("Runtime")
    assert isinstance(shape, StringShape)
    if runtime not in shape.enum:
        raise InvalidRuntime(runtime, shape.enum)


def check_role(role: str, account_id: str, region: str) -> None:
    """:raises RoleOfAnotherAccount, RoleNotAssumable: the role is another account's, or missing."""
    partition = get_partition(region)
    if role.split(":")[4] != account_id:
        raise RoleOfAnotherAccount
    try:
        iam_backends[account_id][partition].get_role_by_arn(role)
    except NotFoundException as missing:
        raise RoleNotAssumable from missing


def check_snap_start(runtime: str) -> None:
    """:raises NoSnapStart: the runtime has none."""
    if not _WITH_SNAP_START.fullmatch(runtime):
        raise NoSnapStart(runtime)


def check_tags(tags: Mapping[str, str]) -> None:
    """:raises TooManyTags: over AWS's limit."""
    if len(tags) > MOST_TAGS:
        raise TooManyTags


def check_package_type(request: Mapping[str, Any]) -> None:
    """Raise what AWS answers when the request to create a function does not fit its package type.

    :raises RuntimeAndHandlerMissing, ImageUriOfZip, ImageConfigOfZip: of a zip; NotForImages, ImageUriMissing: of an
        image.
    """
    code = request.get("Code") or {}
    if request.get("PackageType", "Zip") == "Image":
        if request.get("Handler") or request.get("Runtime") or request.get("Layers"):
            raise NotForImages
        if not code.get("ImageUri"):
            raise ImageUriMissing("creating")
        return
    if not (request.get("Handler") and request.get("Runtime")):
        raise RuntimeAndHandlerMissing
    if code.get("ImageUri"):
        raise ImageUriOfZip("creating")
    if request.get("ImageConfig"):
        raise ImageConfigOfZip


def find_layers(backend: LambdaBackend, arns: Sequence[str]) -> list[LayerVersion]:
    """The layer versions ``arns``, in their order.

    :raises TooManyLayers, LayerInAnotherRegion, LayerVersionMissing, LayerTwice: AWS does not take them together.
    """
    if len(arns) > MOST_LAYERS:
        raise TooManyLayers(MOST_LAYERS)
    found: dict[str, LayerVersion] = {}
    for arn in arns:
        if arn.split(":")[3] != backend.region_name:
            raise LayerInAnotherRegion(backend.region_name)
        version = backend.layers_versions_by_arn(arn)
        if version is None:
            raise LayerVersionMissing(arn)
        layer = arn.rpartition(":")[0]
        if layer in found:
            raise LayerTwice(found[layer].arn, arn)
        found[layer] = version
    return list(found.values())
