"""Lambda's service model, as botocore ships it."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, StructureShape

loader = create_loader()
"""What reads botocore's models, each service's once for the process: a botocore session's own reads them anew."""


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The model of the Lambda API."""
    return ServiceModel(loader.load_service_model("lambda", "service-2"), "lambda")


def operation_model(name: str) -> OperationModel:
    """The model of one operation, ``name`` in AWS's spelling: ``CreateFunctionUrlConfig``."""
    return service_model().operation_model(name)


@lru_cache
def error_members(code: str) -> Set[str]:
    """The members that the model gives the error ``code``: none when the model does not have it."""
    if code not in service_model().shape_names:
        return frozenset()
    shape = service_model().shape_for(code)
    assert isinstance(shape, StructureShape)
    return frozenset(shape.members)
