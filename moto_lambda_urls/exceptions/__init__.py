"""The errors of this package.

Refused                                 a function URL's own answer instead of the function's
FunctionUrlPermissionWarning            a call that AWS would refuse for want of a grant
JsonRESTError (moto's)
└── ApiError                            AWS's answer to a control-plane request that failed
    ├── ValidationException             400, breaks constraints of the service model
    ├── SerializationException          400, is not what the service model describes
    ├── AccessDeniedException           403
    ├── InvalidParameterValue           400
    │   └── QualifierMismatch, InvalidPrincipal, PolicyOfLatest, OnlySupportedFor, InvalidUrlId, UrlIdTaken
    ├── ResourceNotFound                404
    │   ├── FunctionDoesNotExist, RequestedResourceNotFound, FunctionInAnotherRegion
    │   └── FunctionNotFound, AliasNotFound, NoPolicy, NoPolicyFound, StatementNotFound
    ├── ResourceConflict                409
    │   └── UrlExists, StatementExists
    ├── PolicyRevisionMismatch          412
    ├── PolicyLengthExceeded            400
    ├── InvalidRequestContent           400, the payload of Invoke is no JSON
    ├── RequestTooLarge                 413
    └── TooManyRequests                 429
"""

from __future__ import annotations

from .api_error import AccessDeniedException, ApiError, SerializationException, ValidationException
from .conflicts import PolicyRevisionMismatch, ResourceConflict, StatementExists, UrlExists
from .invalid import (
    InvalidParameterValue,
    InvalidPrincipal,
    InvalidUrlId,
    OnlySupportedFor,
    PolicyLengthExceeded,
    PolicyOfLatest,
    QualifierMismatch,
    UrlIdTaken,
)
from .invoking import InvalidRequestContent, RequestTooLarge, TooManyRequests
from .missing import (
    AliasNotFound,
    FunctionDoesNotExist,
    FunctionInAnotherRegion,
    FunctionNotFound,
    NoPolicy,
    NoPolicyFound,
    RequestedResourceNotFound,
    ResourceNotFound,
    StatementNotFound,
)
from .refused import FunctionUrlPermissionWarning, Refused

__all__ = [
    "AccessDeniedException",
    "AliasNotFound",
    "ApiError",
    "FunctionDoesNotExist",
    "FunctionInAnotherRegion",
    "FunctionNotFound",
    "FunctionUrlPermissionWarning",
    "InvalidParameterValue",
    "InvalidPrincipal",
    "InvalidRequestContent",
    "InvalidUrlId",
    "NoPolicy",
    "NoPolicyFound",
    "OnlySupportedFor",
    "PolicyLengthExceeded",
    "PolicyOfLatest",
    "PolicyRevisionMismatch",
    "QualifierMismatch",
    "Refused",
    "RequestTooLarge",
    "RequestedResourceNotFound",
    "ResourceConflict",
    "ResourceNotFound",
    "SerializationException",
    "StatementExists",
    "StatementNotFound",
    "TooManyRequests",
    "UrlExists",
    "UrlIdTaken",
    "ValidationException",
]
