"""The layers of a function, as moto keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.awslambda.utils import get_backend

from ..runtime.exceptions import LoadError

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def layer_archives(function: LambdaFunction) -> list[bytes]:
    """The zips of the function's layers, in the order of its configuration.

    :raises LoadError: a layer version was deleted, and moto its contents with it.
    """
    backend = get_backend(function.account_id, function.region)
    archives = []
    for layer in function.layers:
        version = backend.layers_versions_by_arn(layer["Arn"])
        if version is None:
            raise LoadError("Runtime.ImportModuleError", f"Layer version {layer['Arn']} does not exist.")
        archives.append(version.code_bytes)
    return archives
