"""The resource types that this package implements, and their classes."""

from __future__ import annotations

from .functions import AliasResource, FunctionResource, VersionResource
from .resources import PermissionResource, UrlResource
from .settings import EventInvokeConfigResource, LayerVersionResource

RESOURCES = {
    "AWS::Lambda::Alias": AliasResource,
    "AWS::Lambda::EventInvokeConfig": EventInvokeConfigResource,
    "AWS::Lambda::Function": FunctionResource,
    "AWS::Lambda::LayerVersion": LayerVersionResource,
    "AWS::Lambda::Permission": PermissionResource,
    "AWS::Lambda::Url": UrlResource,
    "AWS::Lambda::Version": VersionResource,
}
