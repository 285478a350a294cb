"""The errors of this package.

Refused                                 a function URL's own answer instead of the function's
FunctionUrlPermissionWarning            a call that AWS would refuse for want of a grant
JsonRESTError (moto's)
└── ApiError                            AWS's answer to a control-plane request that failed
    ├── ValidationException             400, breaks constraints of the service model
    ├── SerializationException          400, is not what the service model describes
    ├── AccessDeniedException           403
    ├── InvalidParameterValue           400
    │   ├── QualifierMismatch, InvalidPrincipal, PolicyOfLatest, OnlySupportedFor, InvalidUrlId, UrlIdTaken
    │   ├── settings that a function cannot have, operations that it does not allow: see functions
    │   ├── NoEventInvokeSetting
    │   └── InvalidPackage, CodeTooLarge, NoCode, PackageObjectMissing
    ├── ResourceNotFound                404
    │   ├── FunctionDoesNotExist, RequestedResourceNotFound, FunctionInAnotherRegion
    │   ├── FunctionNotFound, AliasNotFound, NoPolicy, NoPolicyFound, StatementNotFound
    │   └── FunctionMissing, NoEventInvokeConfig
    ├── ResourceConflict                409
    │   ├── UrlExists, StatementExists, FunctionExists, AliasExists
    │   └── VersionInUse, FunctionPending, UpdateInProgress
    ├── PolicyRevisionMismatch, RevisionMismatch  412
    ├── RoleOfAnotherAccount            403
    ├── CodeSigningConfigNotFound       404
    ├── CodeStorageExceeded             400
    ├── RequestEntityTooLarge           413
    ├── PolicyLengthExceeded            400
    ├── InvalidRequestContent           400
    │   └── UnparsablePayload
    ├── RequestTooLarge                 413
    └── TooManyRequests                 429
"""

from __future__ import annotations

from .api_error import AccessDeniedException, ApiError, SerializationException, ValidationException
from .conflicts import (
    AliasExists,
    FunctionExists,
    FunctionPending,
    PolicyRevisionMismatch,
    ResourceConflict,
    RevisionMismatch,
    StatementExists,
    UpdateInProgress,
    UrlExists,
    VersionInUse,
)
from .functions import (
    AliasNotDeletable,
    CodeChanged,
    EnvironmentTooLarge,
    FunctionsOnly,
    ImageConfigOfZip,
    ImageUriMissing,
    ImageUriOfZip,
    InvalidMarker,
    InvalidRuntime,
    LatestNotDeletable,
    LatestWeighed,
    LayerInAnotherRegion,
    LayerTwice,
    LayerVersionMissing,
    NameTooLong,
    NoSnapStart,
    NoTags,
    NotForImages,
    ReservedEnvironmentKeys,
    RoleNotAssumable,
    RoleOfAnotherAccount,
    RuntimeAndHandlerMissing,
    TagsOfVersion,
    TooManyLayers,
    TooManyTags,
    TooManyWeights,
    TooMuchReserved,
    VersionWeighedTwice,
)
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
from .invoking import (
    FunctionMissing,
    InvalidRequestContent,
    NoEventInvokeConfig,
    NoEventInvokeSetting,
    RequestTooLarge,
    TooManyRequests,
    UnparsablePayload,
)
from .missing import (
    AliasNotFound,
    CodeSigningConfigNotFound,
    FunctionDoesNotExist,
    FunctionInAnotherRegion,
    FunctionNotFound,
    NoPolicy,
    NoPolicyFound,
    RequestedResourceNotFound,
    ResourceNotFound,
    StatementNotFound,
)
from .packages import (
    CodeStorageExceeded,
    CodeTooLarge,
    InvalidPackage,
    NoCode,
    PackageObjectMissing,
    RequestEntityTooLarge,
)
from .refused import FunctionUrlPermissionWarning, Refused

__all__ = [
    "AccessDeniedException",
    "AliasExists",
    "AliasNotDeletable",
    "AliasNotFound",
    "ApiError",
    "CodeChanged",
    "CodeSigningConfigNotFound",
    "CodeStorageExceeded",
    "CodeTooLarge",
    "EnvironmentTooLarge",
    "FunctionDoesNotExist",
    "FunctionExists",
    "FunctionInAnotherRegion",
    "FunctionMissing",
    "FunctionNotFound",
    "FunctionPending",
    "FunctionUrlPermissionWarning",
    "FunctionsOnly",
    "ImageConfigOfZip",
    "ImageUriMissing",
    "ImageUriOfZip",
    "InvalidMarker",
    "InvalidPackage",
    "InvalidParameterValue",
    "InvalidPrincipal",
    "InvalidRequestContent",
    "InvalidRuntime",
    "InvalidUrlId",
    "LatestNotDeletable",
    "LatestWeighed",
    "LayerInAnotherRegion",
    "LayerTwice",
    "LayerVersionMissing",
    "NameTooLong",
    "NoCode",
    "NoEventInvokeConfig",
    "NoEventInvokeSetting",
    "NoPolicy",
    "NoPolicyFound",
    "NoSnapStart",
    "NoTags",
    "NotForImages",
    "OnlySupportedFor",
    "PackageObjectMissing",
    "PolicyLengthExceeded",
    "PolicyOfLatest",
    "PolicyRevisionMismatch",
    "QualifierMismatch",
    "Refused",
    "RequestEntityTooLarge",
    "RequestTooLarge",
    "RequestedResourceNotFound",
    "ReservedEnvironmentKeys",
    "ResourceConflict",
    "ResourceNotFound",
    "RevisionMismatch",
    "RoleNotAssumable",
    "RoleOfAnotherAccount",
    "RuntimeAndHandlerMissing",
    "SerializationException",
    "StatementExists",
    "StatementNotFound",
    "TagsOfVersion",
    "TooManyLayers",
    "TooManyRequests",
    "TooManyTags",
    "TooManyWeights",
    "TooMuchReserved",
    "UnparsablePayload",
    "UpdateInProgress",
    "UrlExists",
    "UrlIdTaken",
    "ValidationException",
    "VersionInUse",
    "VersionWeighedTwice",
]
