"""Why answers differ from plain moto's: AWS's behaviour, and where it is described or was recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass

_API = "https://docs.aws.amazon.com/lambda/latest/api/API_"
_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg/"
_MODEL = "the service model that botocore ships (lambda/2015-03-31/service-2.json)"
_RECORDED = (
    "answers of AWS recorded in the snapshot tests of LocalStack "
    "(https://github.com/localstack/localstack, tests/aws/services/lambda_/test_lambda_api.snapshot.json)"
)
_CONFIGURED = (
    "CreateFunction|GetFunction|GetFunctionConfiguration|UpdateFunctionCode|UpdateFunctionConfiguration|PublishVersion|"
    "ListFunctions|ListVersionsByFunction"
)


@dataclass(frozen=True)
class Reason:
    """``call`` and ``member`` are patterns of the differences that it explains."""

    title: str
    text: str
    source: str
    call: str
    member: str = "answer"

    def explains(self, call: str, member: str) -> bool:
        return bool(re.fullmatch(self.call, call) and re.fullmatch(self.member, member))


REASONS = (
    Reason(
        "Members that moto leaves out",
        "A function has a revision id, a runtime version and a logging configuration, and what was set is answered.",
        f"{_API}FunctionConfiguration.html",
        rf"({_CONFIGURED})( \(.*\))?",
        r"RevisionId|RuntimeVersionConfig\..*|LoggingConfig\..*|DeadLetterConfig\..*|SnapStart\..*|VpcConfig\.Ipv6.*",
    ),
    Reason(
        "Members that AWS leaves out",
        "What a function does not have is absent, not empty.",
        _RECORDED,
        rf"({_CONFIGURED})( \(.*\))?",
        r"Layers|ImageConfigResponse\.ImageConfig\.EntryPoint",
    ),
    Reason(
        "When a function was modified",
        "The time has milliseconds and an offset.",
        f"{_API}FunctionConfiguration.html#lambda-Type-FunctionConfiguration-LastModified",
        rf"({_CONFIGURED})( \(.*\))?",
        "LastModified",
    ),
    Reason(
        "Event source mappings",
        "Status, reason and defaults are those of the kind of source.",
        f"{_API}EventSourceMappingConfiguration.html, {_RECORDED}",
        r"\w+EventSourceMappings?( \((missing|missing function)\))?",
        r".*",
    ),
    Reason(
        "Lists have no states",
        "ListFunctions and ListVersionsByFunction leave out states and the runtime version.",
        f"{_API}ListFunctions.html",
        r"(ListFunctions|ListVersionsByFunction)( \(.*\))?",
        "State|LastUpdateStatus",
    ),
    Reason(
        "The package can be downloaded",
        "The location is a presigned URL, and works.",
        f"{_API}FunctionCodeLocation.html",
        r"GetFunction( \(.*\))?",
        r"Code\.Location",
    ),
    Reason(
        "A function's ARN is the one that was asked for",
        "Asked for by an alias, the configuration has the alias's ARN.",
        _RECORDED,
        r"GetFunction \(alias\)",
        "FunctionArn",
    ),
    Reason(
        "Settings that AWS refuses",
        "What breaks the model's constraints or Lambda's quotas, or names what is not there, is no function.",
        f"{_API}CreateFunction.html, {_GUIDE}gettingstarted-limits.html, {_MODEL}",
        r"CreateFunction \((no zip|empty zip|unknown runtime|refused runtime|missing subnet|no handler|missing layer|"
        r"two architectures|unknown architecture|too much storage|too much memory|too much time|reserved variable|"
        r"bad role|missing bucket|missing object|"
        r"no code|role of another account|code signing)\)|UpdateFunctionCode \(missing object\)",
    ),
    Reason(
        "Preconditions",
        "A revision id or a code hash that is not the current one is refused.",
        f"{_API}UpdateFunctionCode.html, {_API}PublishVersion.html, {_API}UpdateAlias.html",
        r"\w+ \((stale revision|other code)\)",
    ),
    Reason(
        "Version numbers",
        "Nothing is published when nothing has changed, and a number is never given twice.",
        f"{_API}PublishVersion.html, {_GUIDE}configuration-versions.html",
        r"PublishVersion \((same code|after a deletion)\)",
        "Version|FunctionArn",
    ),
    Reason(
        "Deleting versions",
        "$LATEST goes with its function only, an aliased version not at all; one that is not there is no error.",
        f"{_API}DeleteFunction.html, {_RECORDED}, https://github.com/floci-io/floci/pull/2824",
        r"DeleteFunction \((missing version|\$LATEST|aliased version)\)",
    ),
    Reason(
        "Statuses",
        "The HTTP statuses are the model's.",
        _MODEL,
        r"((Get|Update|Delete)Alias|TagResource|AddPermission|GetFunctionUrlConfig|DeleteLayerVersion)( \(.*\))?",
        "status",
    ),
    Reason(
        "Error codes and texts",
        "AWS's own.",
        _RECORDED,
        r"ListVersionsByFunction \(missing\)|CreateAlias \(taken name\)|PutFunctionConcurrency \(missing\)|"
        r"TagResource \(version\)|Invoke \(missing\)|CreateFunctionUrlConfig \(missing\)|"
        r"UpdateAlias \(missing\)|AddPermission \(taken id\)|RemovePermission \(missing\)",
    ),
    Reason(
        "Reserved concurrency",
        "100 of an account's 1000 executions stay unreserved; MOTO_LAMBDA_CONCURRENCY_QUOTA still changes the 1000.",
        f"{_GUIDE}configuration-concurrency.html",
        r"PutFunctionConcurrency \(too much\)",
    ),
    Reason(
        "Operations that moto does not have",
        "They work.",
        f"{_API}Operations.html",
        "GetAccountSettings|ListFunctionUrlConfigs|InvokeWithResponseStream|"
        r"\w+ProvisionedConcurrencyConfigs?|\w+(RecursionConfig|RuntimeManagementConfig)|"
        "(Create|Get|List|Delete)CodeSigningConfigs?|(Put|Delete)FunctionCodeSigningConfig",
    ),
    Reason(
        "Statements",
        "A permission becomes a statement of AWS's form.",
        f"{_RECORDED}, {_GUIDE}access-control-resource-based.html",
        "AddPermission|GetPolicy",
        "Statement|Policy",
    ),
    Reason(
        "Function URLs",
        "A URL ends in a slash, times have microseconds, and the invoke mode is one of the model's.",
        f"{_API}CreateFunctionUrlConfig.html, {_RECORDED}",
        "(Create|Get|Update)FunctionUrlConfig",
        "FunctionUrl|CreationTime|LastModifiedTime|InvokeMode",
    ),
    Reason(
        "Invocations",
        "Handlers run here, so that their version is told; an asynchronous or dry one has no payload.",
        f"{_API}Invoke.html",
        r"Invoke( \((event|dry run)\))?",
        "ExecutedVersion|Payload",
    ),
    Reason(
        "Code signing",
        "Who asks for a function's code signing configuration gets nothing where there is none.",
        _RECORDED,
        "GetFunctionCodeSigningConfig",
        "|FunctionName|CodeSigningConfigArn",
    ),
    Reason(
        "Layers",
        "A version has the members that AWS gives it, in lists without its contents, which can be downloaded.",
        f"{_API}PublishLayerVersion.html, {_API}ListLayers.html, {_RECORDED}",
        "(Publish|Get)LayerVersion|ListLayers|ListLayerVersions",
        r"(Layers\[\d\]\.LatestMatchingVersion\.|LayerVersions\[\d\]\.)?"
        r"(Content\..*|Description|LicenseInfo|LayerArn|CompatibleArchitectures)",
    ),
    Reason(
        "Layers that are missing, and their policies",
        "The texts are AWS's, statements have AWS's form, and a policy is answered with its revision id.",
        _RECORDED,
        r"GetLayerVersion \(missing\)|(Add|Remove)LayerVersionPermission|GetLayerVersionPolicy",
        "answer|Statement|Policy|RevisionId|status",
    ),
    Reason(
        "Asynchronous invocations",
        "A configuration names its version or alias, an update changes only what it names, and a function that is a "
        "destination is there; queues, topics, event buses and buckets are not looked for.",
        f"{_API}PutFunctionEventInvokeConfig.html, {_API}UpdateFunctionEventInvokeConfig.html, {_RECORDED}",
        r"(Get|Put|Update)FunctionEventInvokeConfig( \(none\))?|ListFunctionEventInvokeConfigs",
        r"answer|(FunctionEventInvokeConfigs\[\d\]\.)?"
        r"(FunctionArn|DestinationConfig\..*|MaximumRetryAttempts|MaximumEventAgeInSeconds)",
    ),
)
