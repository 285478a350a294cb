"""Lambda's resources in moto's CloudFormation: AWS::Lambda::Url, and the rest of a function's template made whole."""

from __future__ import annotations

import sys
from threading import Lock

from ..late_import import OnImport
from .functions import AliasResource, FunctionResource, VersionResource
from .resources import PermissionResource, UrlResource

RESOURCES = {
    "AWS::Lambda::Alias": AliasResource,
    "AWS::Lambda::Function": FunctionResource,
    "AWS::Lambda::Permission": PermissionResource,
    "AWS::Lambda::Url": UrlResource,
    "AWS::Lambda::Version": VersionResource,
}
_PARSING = "moto.cloudformation.parsing"
_lock = Lock()
_users = 0


def install() -> None:
    """Let templates have these resources; each call wants an ``uninstall``."""
    global _users
    with _lock:
        _users += 1
        if _users == 1:
            _parsing.install()


def uninstall() -> None:
    """Give moto its own resources back when the last user leaves.

    :raises RuntimeError: there is no ``install`` to undo.
    """
    global _users
    with _lock:
        if _users == 0:
            raise RuntimeError("uninstall() without install()")
        _users -= 1
        if _users == 0:
            _parsing.uninstall()


class _Parsing(OnImport):
    """moto's template parser, which takes a second to import: it is left alone until a test uses CloudFormation."""

    def apply(self) -> None:
        parsing = sys.modules[_PARSING]
        self._original = parsing.resource_class_from_type

        def resource_class_from_type(resource_type: str) -> object:
            return RESOURCES.get(resource_type) or self._original(resource_type)

        parsing.resource_class_from_type = resource_class_from_type  # type: ignore[attr-defined]

    def undo(self) -> None:
        sys.modules[_PARSING].resource_class_from_type = self._original  # type: ignore[attr-defined]


_parsing = _Parsing(_PARSING)
