"""The names inside moto that the package uses, and where Python source touches private ones."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import moto_lambda_urls

PACKAGE = Path(moto_lambda_urls.__file__).parent

_FUNCTION = "moto.awslambda.models.LambdaFunction"

NAMES = {
    "control/adoption.py": (
        "moto.awslambda.models.FunctionUrlConfig.config",
        "moto.awslambda.models.FunctionUrlConfig.created",
        "moto.awslambda.models.FunctionUrlConfig.last_modified",
        "moto.awslambda.models.FunctionUrlConfig.url",
        "moto.awslambda.policy.Policy.revision",
        "moto.awslambda.policy.Policy.statements",
    ),
    "control/functions/checks.py": ("moto.iam.models.IAMBackend.get_role_by_arn",),
    "control/functions/configuration.py": (
        "moto.ec2.models.subnets.Subnet.vpc_id",
        "moto.ec2.models.subnets.SubnetBackend.subnets",
        f"{_FUNCTION}.architectures",
        f"{_FUNCTION}.signing_job_arn",
        f"{_FUNCTION}.signing_profile_version_arn",
        f"{_FUNCTION}.state",
    ),
    "control/functions/deployed.py": (
        "moto.awslambda.policy.Policy.add_statement",
        "moto.awslambda.policy.Policy.parent",
        f"{_FUNCTION}.account_id",
        f"{_FUNCTION}.code_bytes",
        f"{_FUNCTION}.code_digest",
        f"{_FUNCTION}.code_or_config_updated",
        f"{_FUNCTION}.code_sha_256",
        f"{_FUNCTION}.code_size",
        f"{_FUNCTION}.docker_client",
        f"{_FUNCTION}.ephemeral_storage",
        f"{_FUNCTION}.event_invoke_config",
        f"{_FUNCTION}.function_arn",
        f"{_FUNCTION}.function_name",
        f"{_FUNCTION}.invoke",
        f"{_FUNCTION}.last_modified",
        f"{_FUNCTION}.region",
        f"{_FUNCTION}.reserved_concurrency",
        f"{_FUNCTION}.set_version",
        f"{_FUNCTION}.tags",
        f"{_FUNCTION}.url_config",
        f"{_FUNCTION}.version",
    ),
    "control/functions/downloads.py": (
        "moto.s3.models.S3Backend.buckets",
        "moto.s3.models.S3Backend.create_bucket",
        "moto.s3.models.S3Backend.put_object",
    ),
    "control/functions/packages.py": (
        "moto.s3.models.FakeBucket.region_name",
        "moto.s3.models.FakeKey.value",
        "moto.s3.models.S3Backend.get_bucket",
        "moto.s3.models.S3Backend.get_object",
    ),
    "control/in_moto.py": (
        "moto.awslambda.models.LambdaBackend._lambdas",
        "moto.awslambda.models.LambdaBackend._layers",
        "moto.awslambda.models.LambdaStorage._aliases",
        "moto.awslambda.models.LambdaStorage._arns",
        "moto.awslambda.models.LambdaStorage._functions",
        "moto.awslambda.models.LambdaStorage.get_alias",
        "moto.awslambda.models.LambdaStorage.get_function_by_name_with_qualifier",
        "moto.awslambda.models.LambdaStorage.put_function",
        "moto.awslambda.models.Layer.layer_versions",
        "moto.awslambda.models.LayerStorage._layers",
        "moto.awslambda.responses.LambdaResponse._enrich_response",
        "moto.awslambda.responses.LambdaResponse._get_action",
        "moto.core.base_backend.AccountSpecificBackend.backend",
        "moto.core.base_backend.BackendDict.backend",
        "moto.core.base_backend.BaseBackend._url_module",
        "moto.core.base_backend.backend_lock",
        "moto.moto_api._internal.mock_random",
        f"{_FUNCTION}._architectures",
        f"{_FUNCTION}._create_zipfile_from_plaintext_code",
        f"{_FUNCTION}._get_layers_data",
        f"{_FUNCTION}._invoke_lambda",
        f"{_FUNCTION}._set_function_code",
        f"{_FUNCTION}._vpc_config",
        f"{_FUNCTION}.code",
        f"{_FUNCTION}.description",
        f"{_FUNCTION}.environment_vars",
        f"{_FUNCTION}.handler",
        f"{_FUNCTION}.image_config",
        f"{_FUNCTION}.kms_key_arn",
        f"{_FUNCTION}.layers",
        f"{_FUNCTION}.memory_size",
        f"{_FUNCTION}.policy",
        f"{_FUNCTION}.role",
        f"{_FUNCTION}.run_time",
        f"{_FUNCTION}.timeout",
        f"{_FUNCTION}.tracing_config",
    ),
    "control/models.py": ("moto.awslambda_simple.models.LambdaSimpleBackend.lambda_simple_results_queue",),
    "control/operations/aliases.py": (
        "moto.awslambda.models.LambdaAlias.function_version",
        "moto.awslambda.models.LambdaAlias.revision_id",
        "moto.awslambda.models.LambdaAlias.routing_config",
        "moto.awslambda.models.LambdaAlias.update",
    ),
    "control/operations/event_invoke.py": (
        "moto.awslambda.models.EventInvokeConfig.arn",
        "moto.awslambda.models.EventInvokeConfig.config",
        "moto.awslambda.models.EventInvokeConfig.response",
    ),
    "control/operations/triggers.py": (
        "moto.awslambda.models.LambdaBackend.send_dynamodb_items",
        "moto.awslambda.models.LambdaBackend.send_kinesis_message",
        "moto.awslambda.models.LambdaBackend.send_log_event",
        "moto.awslambda.models.LambdaBackend.send_sns_message",
        "moto.awslambda.models.LambdaBackend.send_sqs_batch",
    ),
    "control/wire.py": (
        "moto.awslambda.responses.LambdaResponse.body",
        "moto.awslambda.responses.LambdaResponse.current_account",
        "moto.awslambda.responses.LambdaResponse.headers",
        "moto.awslambda.responses.LambdaResponse.region",
        "moto.awslambda.responses.LambdaResponse.setup_class",
        "moto.awslambda.responses.LambdaResponse.uri",
    ),
    "gateway/auth/callers.py": (
        "moto.iam.models.AccessKey.secret_access_key",
        "moto.iam.models.AccessKey.status",
        "moto.iam.models.AccessKey.user_name",
        "moto.iam.models.Group.users",
        "moto.iam.models.IAMBackend.access_keys",
        "moto.iam.models.IAMBackend.groups",
        "moto.iam.models.IAMBackend.managed_policies",
        "moto.iam.models.IAMBackend.roles",
        "moto.iam.models.IAMBackend.users",
        "moto.iam.models.ManagedPolicy.default_version_id",
        "moto.iam.models.ManagedPolicy.versions",
        "moto.iam.models.Role.permissions_boundary_arn",
        "moto.iam.models.Role.policies",
        "moto.iam.models.User.managed_policies",
        "moto.iam.models.User.policies",
        "moto.organizations.models.OrganizationsBackend.org",
        "moto.organizations.models.organizations_backends.master_accounts",
        "moto.sts.models.AssumedRole.access_key_id",
        "moto.sts.models.AssumedRole.expiration",
        "moto.sts.models.AssumedRole.policy",
        "moto.sts.models.AssumedRole.role_arn",
        "moto.sts.models.AssumedRole.session_name",
        "moto.sts.models.AssumedRole.session_token",
        "moto.sts.models.STSBackend.assumed_roles",
    ),
    "intercept/for_moto.py": (
        "moto.core.botocore_stubber.MockRawResponse",
        "moto.core.botocore_stubber.MockRawResponse.stream",
    ),
    "invocations/custom_resources.py": (
        "moto.cloudformation.custom_model.CustomModel.set_data",
        "moto.cloudformation.models.Stack.get_custom_resource",
        "moto.cloudformation.models.Stack.verify_readiness",
    ),
    "invocations/destinations.py": (
        "moto.events.models.EventsBackend.put_events",
        "moto.sns.models.SNSBackend.publish",
        "moto.sqs.models.SQSBackend.send_message",
    ),
    "mock.py": (
        "moto.core.models.MockAWS._decorate_callable",
        "moto.core.models.MockAWS._decorate_class",
    ),
    "moto_services/cloudformation/parser.py": (
        "moto.cloudformation.exceptions.ValidationError",
        "moto.cloudformation.parsing.ResourceMap._parsed_resources",
        "moto.cloudformation.parsing.ResourceMap._resource_json_map",
        "moto.cloudformation.parsing.parse_and_create_resource",
        "moto.cloudformation.parsing.parse_and_update_resource",
        "moto.cloudformation.parsing.resource_class_from_type",
    ),
    "moto_services/cloudwatch.py": (
        "moto.cloudwatch.models.CloudWatchBackend.get_metric_data",
        "moto.cloudwatch.models.CloudWatchBackend.get_metric_statistics",
        "moto.cloudwatch.models.MetricAggregatedDatum",
        "moto.core.common_models.CloudWatchMetricProvider.get_cloudwatch_metrics",
    ),
    "moto_services/event_rules.py": (
        "moto.events.models.EventPattern.matches_event",
        "moto.events.models.EventTemplateParser.parse",
        "moto.events.models.Rule.event_pattern",
        "moto.events.models.Rule.send_to_targets",
        "moto.events.models.Rule.state",
        "moto.events.models.Rule.targets",
    ),
    "runtime/in_process/isolation/logs.py": (
        "moto.logs.models.LogGroup.put_log_events",
        "moto.logs.models.LogGroup.streams",
        "moto.logs.models.LogStream.events",
        "moto.logs.models.LogsBackend.ensure_log_group",
        "moto.logs.models.LogsBackend.ensure_log_stream",
        "moto.logs.models.LogsBackend.groups",
        f"{_FUNCTION}.logs_backend",
        f"{_FUNCTION}.logs_group_name",
    ),
    "server/in_moto.py": (
        "moto.core.botocore_stubber.BotocoreStubber.enabled",
        "moto.core.models.botocore_stubber",
        "moto.moto_api._internal.models.moto_api_backend",
        "moto.moto_api._internal.models.moto_api_backend.reset",
        "moto.moto_server.werkzeug_app.DomainDispatcherApplication.get_application",
        "moto.moto_server.werkzeug_app.create_backend_app",
    ),
    "server/proxy.py": (
        "moto.moto_proxy.certificate_creator.CertificateCreator.cacert",
        "moto.moto_proxy.proxy3.MotoRequestHandler.parse_request",
        "moto.moto_proxy.proxy3.MotoRequestHandler.port",
        "moto.moto_proxy.proxy3.ProxyRequestHandler.moto_request_handler",
        "moto.moto_proxy.proxy3.ProxyRequestHandler.validate",
    ),
}
"""What moto does not document, by the module of the package that relies on it. Names in more than one module stand at
the one that relies on them most; private ones may be touched in the modules that they stand at, and nowhere else."""


def is_private(name: str) -> bool:
    """Whether a name of one part begins with an underscore, special names like ``__class__`` apart."""
    return name.startswith("_") and not name.endswith("__")


def imported_names() -> list[str]:
    """What the package imports from moto, ``moto.module.name`` each."""
    found: set[str] = set()
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and _is_motos(node):
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return sorted(found)


def is_there(dotted: str) -> bool:
    """Whether the installed moto has ``dotted``: a module's name, or an attribute of a class or of its instances."""
    parts = dotted.split(".")
    size = max(size for size in range(1, len(parts) + 1) if _is_module(".".join(parts[:size])))
    holder: Any = import_module(".".join(parts[:size]))
    for name in parts[size:]:
        if not hasattr(holder, name):
            return inspect.isclass(holder) and name in _instance_attributes(holder)
        holder = getattr(holder, name)
    return True


class Touch(NamedTuple):
    """A line of a module of the package that touches a private name of moto's."""

    path: str
    line: int
    name: str


def touches() -> Iterator[Touch]:
    """Where the package touches private names of moto's: those in ``NAMES``, and all that the modules of moto which it
    knows have and that are not its own.
    """
    own = frozenset().union(*(_defined(tree) for tree in _trees().values()))
    named = {dotted.rpartition(".")[2] for names in NAMES.values() for dotted in names}
    private = frozenset(filter(is_private, named | (_private_names_of_moto() - own)))
    for path, tree in _trees().items():
        for line, name in touched(tree, private):
            yield Touch(path, line, name)


def touched(tree: ast.AST, private: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The lines of ``tree`` that have one of the names ``private``, or import from moto what is private or in a private
    module: as an attribute, a definition that overrides it, or a text, as for ``getattr``. Also where an object gets
    another class, if ``tree`` imports from moto: only then can it be moto's.
    """
    imports_moto = any(isinstance(node, ast.ImportFrom) and _is_motos(node) for node in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_motos(node):
            dotted = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((node.lineno, part) for name in dotted for part in name.split(".") if is_private(part))
        elif isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names if alias.name.startswith("moto.")]
            yield from ((node.lineno, part) for name in dotted for part in name.split(".") if is_private(part))
        elif isinstance(node, ast.Attribute) and (node.attr in private or (imports_moto and _swaps_class(node))):
            yield node.lineno, node.attr
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in private:
            yield node.lineno, node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in private:
            yield node.lineno, node.value


def _swaps_class(node: ast.Attribute) -> bool:
    return node.attr == "__class__" and isinstance(node.ctx, ast.Store)


def _is_motos(node: ast.ImportFrom) -> bool:
    return node.level == 0 and str(node.module).split(".")[0] == "moto"


@lru_cache
def _trees() -> dict[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def _is_module(dotted: str) -> bool:
    try:
        return find_spec(dotted) is not None
    except ModuleNotFoundError:  # its parent is no package
        return False


def _private_names_of_moto() -> set[str]:
    dotted = [*imported_names(), *(name for names in NAMES.values() for name in names)]
    sizes = [(parts, size) for parts in (name.split(".") for name in dotted) for size in range(2, len(parts))]
    private: set[str] = set()
    for module in sorted({".".join(parts[:size]) for parts, size in sizes}):
        spec = find_spec(module) if _is_module(module) else None
        if spec is not None and spec.origin is not None:
            private.update(_defined(ast.parse(Path(spec.origin).read_text("utf-8"))))
    return set(filter(is_private, private))


def _defined(tree: ast.AST) -> frozenset[str]:
    """All names that ``tree`` gives to something: functions, classes, variables and attributes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return frozenset(found)


def _instance_attributes(owner: type) -> Iterator[str]:
    """What the methods of ``owner``, or of moto's classes that it derives from, set on ``self``."""
    for each in owner.__mro__:
        yield from inspect.get_annotations(each)  # a dataclass's fields
        if each.__module__.startswith("moto."):
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(each)))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
                    yield node.attr


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
