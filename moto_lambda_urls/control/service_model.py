"""Lambda's service model as botocore ships it, loaded once."""

from __future__ import annotations

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, StructureShape


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The model of the Lambda API."""
    return ServiceModel(Loader().load_service_model("lambda", "service-2"), "lambda")


def operation_model(name: str) -> OperationModel:
    """The model of one operation, ``name`` in AWS's spelling: ``CreateFunctionUrlConfig``."""
    return service_model().operation_model(name)


@lru_cache
def message_member(error: str) -> str:
    """How the error ``error`` spells its message member: ``Message``, or ``message`` as when it is not modelled."""
    if error not in service_model().shape_names:
        return "message"
    shape = service_model().shape_for(error)
    assert isinstance(shape, StructureShape)
    return "Message" if "Message" in shape.members else "message"
