"""What every error of Lambda's API has, and those that break its form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from moto.core.exceptions import JsonRESTError

from .service_model import message_member


class ApiError(JsonRESTError):
    """An error of Lambda's API: ``error`` is its code, ``code`` the HTTP status, the message is what varies.

    Modelled errors carry ``Type`` and spell their message member as the service model does; the others do neither.
    """

    error: ClassVar[str]
    modelled: ClassVar[bool] = True

    def __init__(self, message: str) -> None:
        super().__init__(self.error, message)
        body = {message_member(self.error): message}
        self.description = json.dumps({"Type": "User", **body} if self.modelled else body)


class ValidationException(ApiError):  # noqa: N818 - AWS's name
    """``violations`` each say which value breaks which constraint of the service model."""

    error = "ValidationException"
    modelled = False

    def __init__(self, violations: Sequence[str]) -> None:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        super().__init__(f"{count}: {'; '.join(violations)}")


class SerializationException(ApiError):  # noqa: N818 - AWS's name
    """The body is no JSON, or a value has another JSON type than the service model's."""

    error = "SerializationException"
    modelled = False


class AccessDeniedException(ApiError):  # noqa: N818 - AWS's name
    """``account_id`` has no grant for ``action`` on ``arn``, which is another account's."""

    error = "AccessDeniedException"
    code = 403
    modelled = False

    def __init__(self, account_id: str, action: str, arn: str) -> None:
        super().__init__(
            f"User: arn:aws:iam::{account_id}:root is not authorized to perform: lambda:{action} on resource: {arn} "
            f"because no resource-based policy allows the lambda:{action} action"
        )


class ResourceNotFound(ApiError):  # noqa: N818 - AWS's name
    """What the request names is not there."""

    error = "ResourceNotFoundException"
    code = 404


class FunctionDoesNotExist(ResourceNotFound):
    """A function or alias to configure a URL for is missing."""

    def __init__(self) -> None:
        super().__init__("Function does not exist")


class RequestedResourceNotFound(ResourceNotFound):
    """A URL configuration or a policy is missing."""

    def __init__(self) -> None:
        super().__init__("The resource you requested does not exist.")


class FunctionInAnotherRegion(ResourceNotFound):
    """The function's ARN names ``other``, the request went to ``region``."""

    def __init__(self, other: str, region: str) -> None:
        super().__init__(f"Functions from '{other}' are not reachable in this region ('{region}')")


class FunctionNotFound(ResourceNotFound):
    """The function, or its version when ``arn`` is qualified, is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Function not found: {arn}")


class AliasNotFound(ResourceNotFound):
    """The alias that ``arn`` names is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Cannot find alias arn: {arn}")


class NoPolicy(ResourceNotFound):
    """A function, version or alias has no policy to take a statement from."""

    def __init__(self) -> None:
        super().__init__("No policy is associated with the given resource.")


class NoPolicyFound(ResourceNotFound):
    """The function or version to take a statement from is missing."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"No policy found for: {arn}")


class StatementNotFound(ResourceNotFound):
    """The policy has no statement ``statement_id``."""

    def __init__(self, statement_id: str) -> None:
        super().__init__(f"Statement {statement_id} is not found in resource policy.")


class CodeSigningConfigNotFound(ApiError):  # noqa: N818 - AWS's name
    """The code signing configuration ``arn`` is missing, as each is: moto has none."""

    error = "CodeSigningConfigNotFoundException"
    code = 404

    def __init__(self, arn: str) -> None:
        super().__init__(
            "The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {arn}."
        )


class RoleOfAnotherAccount(ApiError):  # noqa: N818 - AWS's name is longer
    """The execution role is another account's."""

    error = "AccessDeniedException"
    code = 403
    modelled = False

    def __init__(self) -> None:
        super().__init__("Cross-account pass role is not allowed.")


class ResourceConflict(ApiError):  # noqa: N818 - AWS's name
    """What the request creates is there already."""

    error = "ResourceConflictException"
    code = 409


class UrlExists(ResourceConflict):
    """The function or alias ``arn`` has a URL already."""

    def __init__(self, arn: str) -> None:
        super().__init__(
            f"Failed to create function url config for [functionArn = {arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )


class StatementExists(ResourceConflict):
    """The policy has a statement ``statement_id`` already."""

    def __init__(self, statement_id: str) -> None:
        super().__init__(
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )


class PolicyRevisionMismatch(ApiError):  # noqa: N818 - the errors above have none either
    """The policy is not at the revision that the request expects."""

    error = "PreconditionFailedException"
    code = 412

    def __init__(self) -> None:
        super().__init__(
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetPolicy API to retrieve the latest Revision Id"
        )


class FunctionExists(ResourceConflict):
    """A function ``name`` is there already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Function already exist: {name}")


class AliasExists(ResourceConflict):
    """The alias ``arn`` is there already."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Alias already exists: {arn}")


class VersionInUse(ResourceConflict):
    """A version cannot be deleted while ``aliases`` point to it."""

    def __init__(self, aliases: Sequence[str]) -> None:
        super().__init__(f"Unable to delete version because the following aliases reference it: [{', '.join(aliases)}]")


class FunctionPending(ResourceConflict):
    """The function is still being created."""

    def __init__(self) -> None:
        super().__init__(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )


class UpdateInProgress(ResourceConflict):
    """The function ``arn`` is still being updated."""

    def __init__(self, arn: str) -> None:
        super().__init__(
            f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        )


class RevisionMismatch(ApiError):  # noqa: N818 - the errors above have none either
    """The function or alias is not at the revision that the request expects."""

    error = "PreconditionFailedException"
    code = 412

    def __init__(self) -> None:
        super().__init__(
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
        )


class InvalidParameterValue(ApiError):  # noqa: N818 - AWS's name
    """A parameter that is well formed but not acceptable."""

    error = "InvalidParameterValueException"


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


class QualifierMismatch(InvalidParameterValue):
    """The function name carries another qualifier than the Qualifier parameter."""

    def __init__(self) -> None:
        super().__init__("The derived qualifier from the function name does not match the specified qualifier.")


class InvalidPrincipal(InvalidParameterValue):
    """The principal of a permission is of no known form."""

    def __init__(self) -> None:
        super().__init__("The provided principal was invalid. Please check the principal and try again.")


class PolicyOfLatest(InvalidParameterValue):
    """``$LATEST`` has no policy of its own."""

    def __init__(self) -> None:
        super().__init__("We currently do not support adding policies for $LATEST.")


class OnlySupportedFor(InvalidParameterValue):
    """``parameter`` of a permission belongs to another action than the one asked for."""

    def __init__(self, parameter: str, action: str) -> None:
        super().__init__(f"{parameter} is only supported for {action} action")


class InvalidUrlId(InvalidParameterValue):
    """A URL id that was chosen cannot stand in a host name. AWS has no such choice, nor such an error."""

    def __init__(self, url_id: str) -> None:
        super().__init__(
            f"The function URL id {url_id!r} is no label of a host name: "
            "use 1 to 63 letters, digits, hyphens and underscores, the first and last a letter or digit."
        )


class UrlIdTaken(InvalidParameterValue):
    """A URL id that was chosen is another URL's already. AWS has no such choice, nor such an error."""

    def __init__(self, url_id: str, function_arn: str) -> None:
        super().__init__(f"The function URL id {url_id} is taken by {function_arn}. Choose another one.")


class PolicyLengthExceeded(ApiError):  # noqa: N818 - AWS's name
    """A policy would grow to ``size`` bytes, over ``limit``."""

    error = "PolicyLengthExceededException"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The final policy size ({size}) is bigger than the limit ({limit}).")


class InvalidRequestContent(ApiError):  # noqa: N818 - AWS's name
    """What Invoke is to hand to the function is not as it must be."""

    error = "InvalidRequestContentException"


class UnparsablePayload(InvalidRequestContent):
    """The payload of Invoke is no JSON, for ``reason``. What AWS says after the second colon is its parser's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Could not parse request body into json: Could not parse payload into json: {reason}")


class NoEventInvokeSetting(InvalidParameterValue):
    """An EventInvokeConfig without anything in it."""

    def __init__(self) -> None:
        super().__init__("You must specify at least one of error handling or destination setting.")


class FunctionMissing(ResourceNotFound):
    """The function, version or alias that an EventInvokeConfig is for is missing."""

    def __init__(self) -> None:
        super().__init__("The function doesn't exist.")


class NoEventInvokeConfig(ResourceNotFound):
    """The function, version or alias ``arn`` has no EventInvokeConfig."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"The function {arn} doesn't have an EventInvokeConfig")


class RequestTooLarge(ApiError):  # noqa: N818 - AWS's name
    """A request for ``operation`` has more than ``limit`` bytes."""

    error = "RequestTooLargeException"
    code = 413

    def __init__(self, limit: int, operation: str) -> None:
        super().__init__(f"Request must be smaller than {limit} bytes for the {operation} operation")


class TooManyRequests(ApiError):  # noqa: N818 - AWS's name
    """The function's concurrency is used up; ``reason`` says which limit."""

    error = "TooManyRequestsException"
    code = 429

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.")
        self.description = json.dumps({"Reason": reason, "Type": "User", "message": "Rate Exceeded."})


class InvalidPackage(InvalidParameterValue):
    """The package is refused for what is in it; ``message`` is AWS's."""


class CodeTooLarge(InvalidParameterValue):
    """Code and layers have ``size`` bytes unzipped, over ``limit``."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"Function code combined with layers exceeds the maximum allowed size of {limit} bytes. "
            f"The actual size is {size} bytes."
        )


class NoCode(InvalidParameterValue):
    """The request has no code."""

    def __init__(self) -> None:
        super().__init__("Please provide a source for function code.")


class PackageObjectMissing(InvalidParameterValue):
    """S3 does not give the package; ``code`` and ``reason`` are S3's."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {reason}")


class RequestEntityTooLarge(ApiError):  # noqa: N818 - AWS's name
    """A package or a request is too large; ``message`` is AWS's."""

    error = "RequestEntityTooLargeException"
    code = 413
    modelled = False


class CodeStorageExceeded(ApiError):  # noqa: N818 - AWS's name
    """The account has no room for more code in this region."""

    error = "CodeStorageExceededException"

    def __init__(self) -> None:
        super().__init__("Code storage limit exceeded.")
