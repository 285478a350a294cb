"""Lambda's service model, as botocore ships it."""

from __future__ import annotations

import re
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


def operation_at(method: str, path: str, query: str = "") -> str | None:
    """The operation that answers ``method`` at ``path`` with ``query``, as sent; None when there is none.

    Where operations share a path, one of them has a parameter of the query that tells it from the other.
    """
    parameters = frozenset(query.split("&"))
    found = (
        name
        for name, verb, pattern, told_by in _places()
        if verb == method and told_by <= parameters and pattern.fullmatch(path.rstrip("/"))
    )
    return next(found, None)


@lru_cache(maxsize=1)
def _places() -> list[tuple[str, str, re.Pattern[str], frozenset[str]]]:
    places = []
    for model in map(operation_model, service_model().operation_names):
        method, uri = model.http["method"], model.http["requestUri"]
        told_by = frozenset(filter(None, uri.partition("?")[2].split("&")))
        places.append((model.name, method, path_pattern(uri, label="[^/]+"), told_by))
    return sorted(places, key=lambda place: not place[3])


@lru_cache(maxsize=1)
def resource_paths() -> Set[str]:
    """What follows the API's version in the paths of its operations: ``functions``, ``layers`` and the like."""
    models = map(operation_model, service_model().operation_names)
    return frozenset(re.split("[/?]", model.http["requestUri"])[2] for model in models)


def path_pattern(template: str, *, label: str) -> re.Pattern[str]:
    """The pattern of paths that ``template``, an operation's ``requestUri``, describes; ``label`` is that of each
    label in it, which becomes a group of its name.
    """
    path = template.partition("?")[0].rstrip("/")
    return re.compile(re.sub(r"\\\{(\w+)(?:\\\+)?\\\}", rf"(?P<\1>{label})", re.escape(path)))


@lru_cache
def error_members(code: str) -> Set[str]:
    """The members that the model gives the error ``code``: none when the model does not have it."""
    if code not in service_model().shape_names:
        return frozenset()
    shape = service_model().shape_for(code)
    assert isinstance(shape, StructureShape)
    return frozenset(shape.members)
