"""Probes of functions, versions and what is configured for them."""

from __future__ import annotations

import json
from typing import Any

from ..place import ECHO, Place, package_of
from .asking import probe

_BY_DESIGN = 'ours are Active at once unless function_states="pending", which this run has'


@probe(decided="AWS reads it")
def trust_policy(place: Place) -> None:
    place.call("create_function", **place.function_request(place.new_name("fn"), Runtime="cobol60"))
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = place.make("iam", "create_role", RoleName=place.name("foreign"), AssumeRolePolicyDocument=document)
    arn = role["Role"]["Arn"]
    place.call("create_function", **place.function_request(place.new_name("fn"), Role=arn))


@probe("provisioned concurrency over the reserved: refused, with its text", of_model=True)
def provisioned_and_signed(place: Place) -> None:
    name = place.function()
    asked = {"FunctionName": name, "ProvisionedConcurrentExecutions": 1}
    place.call("put_provisioned_concurrency_config", Qualifier="$LATEST", **asked)
    place.call("put_provisioned_concurrency_config", Qualifier="7", **asked)
    place.call("put_provisioned_concurrency_config", Qualifier="missing", **asked)
    version = place.active_version(name)
    place.call("get_provisioned_concurrency_config", FunctionName=name, Qualifier=version)
    place.call("put_provisioned_concurrency_config", Qualifier=version, **asked)
    place.call("list_provisioned_concurrency_configs", FunctionName=name)
    place.call("delete_provisioned_concurrency_config", FunctionName=name, Qualifier=version)
    place.call("delete_provisioned_concurrency_config", FunctionName=name, Qualifier="missing")
    place.make("lambda", "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=1)
    over = {"FunctionName": name, "Qualifier": version, "ProvisionedConcurrentExecutions": 2}
    place.call("put_provisioned_concurrency_config", **over)
    publishers = {"SigningProfileVersionArns": [_profile(place)]}
    place.call("create_code_signing_config", Description=place.name("csc"), AllowedPublishers=publishers)
    missing = f"arn:aws:lambda:{place.region}:{place.account_id}:code-signing-config:csc-00000000000000000"
    place.call("get_code_signing_config", CodeSigningConfigArn=missing)
    place.call("put_function_code_signing_config", FunctionName=name, CodeSigningConfigArn=missing)


def _profile(place: Place) -> str:
    return f"arn:aws:signer:{place.region}:{place.account_id}:/signing-profiles/mlu_record_missing/abcdefghij"


@probe(
    "runtime management: `FunctionArn` with `$LATEST`; texts of its refusals, and of deleting a code signing "
    "configuration that is used",
    of_model=True,
)
def runtime_management(place: Place) -> None:
    name = place.function()
    place.call("get_runtime_management_config", FunctionName=name)
    place.call("put_runtime_management_config", FunctionName=name, UpdateRuntimeOn="Manual")
    version = place.active_version(name)
    place.make("lambda", "create_alias", FunctionName=name, Name="live", FunctionVersion=version)
    place.call("get_runtime_management_config", FunctionName=name, Qualifier="live")
    place.call("put_runtime_management_config", FunctionName=name, Qualifier="live", UpdateRuntimeOn="Auto")
    publishers = {"SigningProfileVersionArns": [_profile(place)]}
    description = place.name("csc-used")
    made = place.call("create_code_signing_config", Description=description, AllowedPublishers=publishers)
    if place.last_status >= 300:
        return
    arn = made["CodeSigningConfig"]["CodeSigningConfigArn"]
    place.make("lambda", "put_function_code_signing_config", FunctionName=name, CodeSigningConfigArn=arn)
    place.call_on_own_configuration("delete_code_signing_config", arn)


@probe(
    "texts for `ImageUri` or `ImageConfig` of a zip and for a missing `ImageUri` when a function is created, for a "
    "wrong `Marker`, for a `ZipFile` that is no base64",
    of_model=True,
)
def packages(place: Place) -> None:
    image = f"{place.account_id}.dkr.ecr.{place.region}.amazonaws.com/{place.name('image')}:1"
    name = place.new_name("fn")
    both = {"ImageUri": image, "ZipFile": package_of({"app.py": ECHO})}
    place.call("create_function", **place.function_request(name, Code=both))
    place.call("create_function", **place.function_request(name, Code={"ImageUri": image}))
    place.call("create_function", **place.function_request(name, ImageConfig={"Command": ["app.handler"]}))
    of_image: dict[str, Any] = {"PackageType": "Image", "Runtime": None, "Handler": None}
    place.call("create_function", **place.function_request(name, Code={}, **of_image))
    place.call("list_functions", Marker="nonsense")
    made = place.function()
    place.call("list_versions_by_function", FunctionName=made, Marker="nonsense")
    place.call("list_aliases", FunctionName=made, Marker="nonsense")
    place.post(f"/2015-03-31/functions/{made}/code", b'{"ZipFile": "no base64!"}', method="PUT")


@probe(
    "layers: order of ListLayers; the runtimes in the message about a `CompatibleRuntime`; a layer of another region "
    "is missing; a revision id where there is no policy",
    of_model=True,
)
def layers(place: Place) -> None:
    name = place.new_name("layer")
    content = {"ZipFile": package_of({"python/shared.py": "x = 1\n"})}
    place.call("publish_layer_version", LayerName=name, Content=content, CompatibleRuntimes=["cobol60"])
    made = place.make("lambda", "publish_layer_version", LayerName=name, Content=content)
    place.call("list_layers", CompatibleRuntime="cobol60")
    elsewhere = made["LayerVersionArn"].replace(
        place.region, "eu-west-3" if place.region != "eu-west-3" else "eu-west-1"
    )
    place.call("create_function", **place.function_request(place.new_name("fn"), Layers=[elsewhere]))
    stale = {"StatementId": "missing", "RevisionId": "00000000-0000-4000-8000-000000000000"}
    place.call("remove_layer_version_permission", LayerName=name, VersionNumber=made["Version"], **stale)


@probe(
    "function scaling configurations: applied at once; any function may have one; a minimum over the maximum is "
    "refused; `$LATEST.PUBLISHED` is the newest version",
    of_model=True,
)
def scaling(place: Place) -> None:
    name = place.function()
    version = place.active_version(name)
    for qualifier in (version, "$LATEST.PUBLISHED"):
        for bounds in ({"MinExecutionEnvironments": 5, "MaxExecutionEnvironments": 2}, {"MaxExecutionEnvironments": 2}):
            asked = {"FunctionName": name, "Qualifier": qualifier, "FunctionScalingConfig": bounds}
            place.call("put_function_scaling_config", **asked)
    place.call("get_function_scaling_config", FunctionName=name, Qualifier=version)


@probe("`RuntimeVersionArn` is the same for all functions of a runtime")
def runtime_versions(place: Place) -> None:
    arns = set()
    for _ in range(2):
        found = place.make("lambda", "get_function_configuration", FunctionName=place.function())
        arns.add(found["RuntimeVersionConfig"]["RuntimeVersionArn"])
    place.note(runtime_version_arns_of_two_functions=len(arns))


@probe(decided=_BY_DESIGN)
def states(place: Place) -> None:
    name = place.new_name("fn")
    place.role()
    place.function()  # from now on AWS knows the role
    request = place.function_request(name)
    place.make("lambda", "create_function", **request)
    for _ in range(3):
        found = place.make("lambda", "get_function_configuration", FunctionName=name)
        place.note(state=found["State"], last_update_status=found.get("LastUpdateStatus"))
    place.active(name)
    changed = place.make("lambda", "update_function_configuration", FunctionName=name, Timeout=7)
    place.note(last_update_status=changed.get("LastUpdateStatus"))


@probe("the URL of a Pending function answers Invoke's 409")
def url_of_a_pending_function(place: Place) -> None:
    place.function()
    name = place.new_name("fn")
    place.make("lambda", "create_function", **place.function_request(name))
    url = place.url(name, grant=False)
    to_all = {"FunctionName": name, "Principal": "*"}
    of_url = {"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    place.make("lambda", "add_permission", **to_all, **of_url)
    of_function = {"StatementId": "fn", "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
    place.make("lambda", "add_permission", **to_all, **of_function)
    place.ask(url)
