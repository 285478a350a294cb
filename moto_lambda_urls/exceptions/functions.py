"""Settings that a function cannot have, and operations that it does not allow."""

from __future__ import annotations

from collections.abc import Sequence

from .api_error import ApiError
from .invalid import InvalidParameterValue


class InvalidRuntime(InvalidParameterValue):
    """``runtime`` is none of ``known``."""

    def __init__(self, runtime: str, known: Sequence[str]) -> None:
        super().__init__(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(known)}] or be a valid ARN"
        )


class NameTooLong(InvalidParameterValue):
    """The function name ``name`` has more than ``limit`` characters, which the model's limit for ARNs lets pass."""

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
            f"Member must have length less than or equal to {limit}"
        )


class RoleNotAssumable(InvalidParameterValue):
    """The execution role is missing."""

    def __init__(self) -> None:
        super().__init__("The role defined for the function cannot be assumed by Lambda.")


class RoleOfAnotherAccount(ApiError):  # noqa: N818 - AWS's name is longer
    """The execution role is another account's."""

    error = "AccessDeniedException"
    code = 403
    modelled = False

    def __init__(self) -> None:
        super().__init__("Cross-account pass role is not allowed.")


class RuntimeAndHandlerMissing(InvalidParameterValue):
    """A zip has no runtime or no handler."""

    def __init__(self) -> None:
        super().__init__("Runtime and Handler are mandatory parameters for functions created with deployment packages.")


class NotForImages(InvalidParameterValue):
    """An image has a runtime, a handler or layers."""

    def __init__(self) -> None:
        super().__init__(
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
        )


class ImageConfigOfZip(InvalidParameterValue):
    """A zip has an ImageConfig. A decision: AWS's text is not public."""

    def __init__(self) -> None:
        super().__init__("Please don't provide ImageConfig when the intended function PackageType is Zip.")


class ImageUriMissing(InvalidParameterValue):
    """An image function is given other code than an image; ``doing`` is "updating" or, a decision, "creating"."""

    def __init__(self, doing: str) -> None:
        super().__init__(f"Please provide ImageUri when {doing} a function with packageType Image.")


class ImageUriOfZip(InvalidParameterValue):
    """A zip function is given an image; ``doing`` is "updating" or, a decision, "creating"."""

    def __init__(self, doing: str) -> None:
        super().__init__(f"Please don't provide ImageUri when {doing} a function with packageType Zip.")


class EnvironmentTooLarge(InvalidParameterValue):
    """The environment variables are too much as JSON: ``measured``."""

    def __init__(self, measured: str) -> None:
        super().__init__(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )


class ReservedEnvironmentKeys(InvalidParameterValue):
    """The environment has ``keys``, which Lambda sets itself."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(keys)}"
        )


class TooManyLayers(InvalidParameterValue):
    """More than ``limit`` layers."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Cannot reference more than {limit} layers.")


class LayerVersionMissing(InvalidParameterValue):
    """The layer version ``arn`` is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Layer version {arn} does not exist.")


class LayerInAnotherRegion(InvalidParameterValue):
    """A layer is not in ``region``, where the function is."""

    def __init__(self, region: str) -> None:
        super().__init__(
            f"Layers are not in the same region as the function. Layers are expected to be in region {region}."
        )


class LayerTwice(InvalidParameterValue):
    """``first`` and ``second`` are versions of one layer."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            "Two different versions of the same layer are not allowed to be referenced in the same function. "
            f"{first} and {second} are versions of the same layer."
        )


class NoSnapStart(InvalidParameterValue):
    """SnapStart is not to be had for ``runtime``."""

    def __init__(self, runtime: str) -> None:
        super().__init__(f"{runtime} is not supported for SnapStart enabled functions.")


class TooManyTags(InvalidParameterValue):
    """A resource would have too many tags."""

    def __init__(self) -> None:
        super().__init__("Number of tags exceeds resource tag limit.")


class NoTags(InvalidParameterValue):
    """TagResource without a tag."""

    def __init__(self) -> None:
        super().__init__("An error occurred and the request cannot be processed.")


class TagsOfVersion(InvalidParameterValue):
    """Tags are the function's, not its versions' or aliases'."""

    def __init__(self) -> None:
        super().__init__("Tags on function aliases and versions are not supported. Please specify a function ARN.")


class LatestNotDeletable(InvalidParameterValue):
    """``$LATEST`` goes with its function only."""

    def __init__(self) -> None:
        super().__init__("$LATEST version cannot be deleted without deleting the function.")


class AliasNotDeletable(InvalidParameterValue):
    """DeleteFunction deletes versions, not aliases."""

    def __init__(self) -> None:
        super().__init__("Deletion of aliases is not currently supported.")


class CodeChanged(InvalidParameterValue):
    """``$LATEST`` has the code ``current``, not ``expected``."""

    def __init__(self, expected: str, current: str) -> None:
        super().__init__(
            f"CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({current}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )


class TooManyWeights(InvalidParameterValue):
    """An alias points to more than two versions."""

    def __init__(self) -> None:
        super().__init__("Number of items in AdditionalVersionWeights cannot be greater than 1")


class VersionWeighedTwice(InvalidParameterValue):
    """An alias's second version is its first one, ``version``."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"Invalid function version {version}. "
            f"Function version {version} is already included in routing configuration."
        )


class LatestWeighed(InvalidParameterValue):
    """An alias to ``$LATEST`` has a second version."""

    def __init__(self) -> None:
        super().__init__("$LATEST is not supported for an alias pointing to more than 1 version")


class FunctionsOnly(InvalidParameterValue):
    """Reserved concurrency of a version or an alias."""

    def __init__(self) -> None:
        super().__init__(
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN."
        )


class TooMuchReserved(InvalidParameterValue):
    """Less than ``least`` of the account's concurrency would stay unreserved."""

    def __init__(self, least: int) -> None:
        super().__init__(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{least}]."
        )


class InvalidMarker(InvalidParameterValue):
    """A list's marker is none that a page gave. A decision: AWS's text is not public."""

    def __init__(self) -> None:
        super().__init__("The pagination token is invalid.")
