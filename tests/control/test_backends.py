"""Our backend in moto's place, in any nesting, and plain moto afterwards."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from support.builders import answer, make_role, make_zip

from moto_lambda_urls import mock_lambda_urls
from moto_lambda_urls.control import adoption, backends
from moto_lambda_urls.control.functions.deployed import DeployedFunction
from moto_lambda_urls.control.models import FunctionUrlBackend, SimpleFunctionUrlBackend, backend_of
from moto_lambda_urls.control.url_index import url_index

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
GRANT = {"StatementId": "s", "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
STATEMENT = {
    "Sid": "s",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "lambda:InvokeFunctionUrl",
    "Resource": ARN,
    "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
}


def install() -> None:
    backends.install(lambda _: adoption)


@pytest.fixture
def installed() -> Iterator[None]:
    install()
    yield
    backends.uninstall()


def lambda_client() -> Any:
    return boto3.client("lambda", "us-east-1")


def create_function(name: str = "fn", **fields: Any) -> Any:
    client = lambda_client()
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=make_role(boto3.client("iam", "us-east-1")),
        Handler="app.handler",
        Code={"ZipFile": make_zip("def handler(event, context): return event")},
        **fields,
    )
    return client


def statements(client: Any, **target: Any) -> list[dict[str, Any]]:
    return json.loads(client.get_policy(FunctionName="fn", **target)["Policy"])["Statement"]


def assert_plain_moto() -> None:
    assert lambda_backends.backend is LambdaBackend
    assert lambda_simple_backends.backend is LambdaSimpleBackend
    for place, plain in ((lambda_backends, LambdaBackend), (lambda_simple_backends, LambdaSimpleBackend)):
        for account in place.values():
            assert account.backend is plain
            for region, backend in account.items():
                assert type(backend) is plain
                assert set(vars(backend)) == set(vars(plain(region, account.account_id)))
                for function in backend.list_functions():
                    assert type(function) is LambdaFunction
                    assert "revision_id" not in vars(function)
    assert url_index.configs() == []


def run_python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_mock_does_not_import_motos_lambda() -> None:
    run_python(
        "import sys; from moto_lambda_urls import mock_lambda_urls; "
        "assert not any('awslambda' in name for name in sys.modules)"
    )


def test_a_mock_without_a_function_does_not_import_our_backend() -> None:
    run_python(
        "import sys; from moto_lambda_urls import mock_lambda_urls\n"
        "with mock_lambda_urls(): pass\n"
        "assert 'moto_lambda_urls.control.models' not in sys.modules"
    )


def test_url_of_a_mock_around_one_with_another_configuration() -> None:
    with mock_lambda_urls() as outer:
        url = outer.deploy(lambda event, context: "outer")
        with mock_lambda_urls(config={"lambda": {"use_docker": False}}) as inner:
            inner_url = inner.deploy(lambda event, context: "inner")
            assert [requests.get(str(each)).text for each in (url, inner_url)] == ["outer", "inner"]
    assert url_index.configs() == []


def test_uninstall_without_install() -> None:
    with pytest.raises(RuntimeError, match="without install"):
        backends.uninstall()


def test_new_backends_and_functions_are_ours(installed: None) -> None:
    with mock_aws():
        create_function()
        backend = backend_of(ACCOUNT, "us-east-1")
        assert type(backend) is FunctionUrlBackend
        assert type(backend_of("210987654321", "eu-west-1")) is FunctionUrlBackend
        assert type(backend.get_function("fn")) is DeployedFunction
    backends.uninstall()
    assert_plain_moto()
    install()


def test_plain_moto_after_uninstall() -> None:
    with mock_aws():
        install()
        client = create_function()
        client.publish_version(FunctionName="fn")
        created = client.create_function_url_config(FunctionName="fn", AuthType="NONE")
        client.add_permission(FunctionName="fn", **GRANT)
        backends.uninstall()
        assert_plain_moto()
        assert url_index.find_url(created["FunctionUrl"][8:-1]) is None
        assert client.get_function_configuration(FunctionName="fn")["FunctionArn"] == ARN
        assert "RevisionId" not in client.get_function_configuration(FunctionName="fn")
        assert statements(client) == [STATEMENT]
        assert answer(client.get_function_url_config, FunctionName="fn")[0] == "ResourceNotFoundException"
        client.add_permission(FunctionName="fn", **{**GRANT, "StatementId": "later"})
        assert [each["Sid"] for each in statements(client)] == ["s", "later"]
    with pytest.raises(TypeError, match="not installed"):
        backend_of(ACCOUNT, "us-east-1")


def test_installs_are_counted(installed: None) -> None:
    with mock_aws():
        client = create_function()
        created = client.create_function_url_config(FunctionName="fn", AuthType="NONE")
        install()
        backends.uninstall()
        assert client.get_function_url_config(FunctionName="fn")["FunctionUrl"] == created["FunctionUrl"]


def test_what_an_outer_mock_holds_is_taken_over() -> None:
    with mock_aws():
        client = create_function()
        client.publish_version(FunctionName="fn")
        client.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        plain = client.create_function_url_config(FunctionName="fn", AuthType="NONE", Cors={"MaxAge": 3})
        client.add_permission(FunctionName="fn", **GRANT)
        client.add_permission(FunctionName="fn", Qualifier="live", **{**GRANT, "Principal": "111122223333"})
        client.add_permission(FunctionName="fn", Qualifier="1", **{**GRANT, "Principal": "someone"})
        install()
        config = url_index.find_url(plain["FunctionUrl"].removeprefix("https://"))
        assert config is not None
        read = client.get_function_url_config(FunctionName="fn")
        assert (read["FunctionUrl"], read["AuthType"], read["Cors"]) == (
            f"{plain['FunctionUrl']}/",
            "NONE",
            {"MaxAge": 3},
        )
        assert statements(client) == [STATEMENT]
        assert statements(client, Qualifier="live") == [
            {**STATEMENT, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Resource": f"{ARN}:live"}
        ]
        assert [each["Principal"] for each in statements(client, Qualifier="1")] == ["someone"]
        assert client.get_function_configuration(FunctionName="fn")["RevisionId"]
        client.add_permission(FunctionName="fn", **{**GRANT, "StatementId": "mine"})
        client.delete_function_url_config(FunctionName="fn")
        backends.uninstall()
        assert_plain_moto()
        assert [(each["Sid"], each["Resource"]) for each in statements(client)] == [
            ("s", ARN),
            ("mine", ARN),
            ("s", f"{ARN}:live"),
            ("s", f"{ARN}:1"),
        ]


def test_a_url_of_an_outer_mock_survives_us() -> None:
    with mock_aws():
        client = create_function()
        plain = client.create_function_url_config(FunctionName="fn", AuthType="NONE")["FunctionUrl"]
        install()
        backends.uninstall()
        assert client.get_function_url_config(FunctionName="fn")["FunctionUrl"] == plain
        assert_plain_moto()


def test_the_mock_may_end_before_us_and_start_again(installed: None) -> None:
    with mock_aws():
        create_function().create_function_url_config(FunctionName="fn", AuthType="NONE")
    assert url_index.configs() == []
    with mock_aws():
        refusal = answer(lambda_client().get_function_url_config, FunctionName="fn")
        assert refusal == ("ResourceNotFoundException", "The resource you requested does not exist.", 404)


def test_without_docker(installed: None) -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        client = create_function()
        created = client.create_function_url_config(FunctionName="fn", AuthType="NONE")
        config = url_index.find_url(created["FunctionUrl"][8:-1])
        assert config is not None
        backend = backend_of(config.account_id, config.region)
        assert type(backend) is SimpleFunctionUrlBackend
        assert type(backend.target(config)) is DeployedFunction
        queued = {"results": ["first"], "region": "us-east-1"}
        requests.post("http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response", json=queued)
        assert client.invoke(FunctionName="fn", Payload="{}")["Payload"].read() == b"first"


def test_adopting_a_mock_without_docker() -> None:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        client = create_function()
        install()
        assert client.create_function_url_config(FunctionName="fn", AuthType="NONE")["FunctionArn"] == ARN
        backends.uninstall()
        assert_plain_moto()
        assert client.invoke(FunctionName="fn", Payload="{}")["Payload"].read() == b"{}"


def test_copies_that_moto_makes(installed: None) -> None:
    with mock_aws():
        client = create_function(Publish=True)
        listed = client.list_functions(FunctionVersion="ALL")["Functions"]
        assert sorted(each["Version"] for each in listed) == ["$LATEST", "1"]
        versions = client.list_versions_by_function(FunctionName="fn")["Versions"]
        assert [each["Version"] for each in versions] == ["$LATEST", "1"]
        backend = backend_of(ACCOUNT, "us-east-1")
        assert [type(each) for each in backend.versions_of("fn")] == [DeployedFunction, DeployedFunction]
        for duplicate in (copy.copy, copy.deepcopy):
            assert type(duplicate(backend.get_function("fn"))) is DeployedFunction


def test_functions_of_a_template_are_ours(installed: None) -> None:
    with mock_aws():
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "fn",
                "Handler": "index.handler",
                "Role": make_role(boto3.client("iam", "us-east-1")),
                "Runtime": "python3.13",
                "Code": {"ZipFile": "def handler(event, context): return event"},
            },
        }
        stacks = boto3.client("cloudformation", "us-east-1")
        stacks.create_stack(StackName="stack", TemplateBody=json.dumps({"Resources": {"Fn": function}}))
        assert type(backend_of(ACCOUNT, "us-east-1").get_function("fn")) is DeployedFunction
        lambda_client().create_function_url_config(FunctionName="fn", AuthType="NONE")
        stacks.delete_stack(StackName="stack")
        assert url_index.configs() == []


def test_motos_other_operations_work(installed: None) -> None:
    with mock_aws():
        client = create_function("with_all-1", Tags={"k": "v"})
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:with_all-1"
        assert client.list_tags(Resource=arn)["Tags"] == {"k": "v"}
        client.put_function_concurrency(FunctionName="with_all-1", ReservedConcurrentExecutions=3)
        assert client.get_function_concurrency(FunctionName=arn)["ReservedConcurrentExecutions"] == 3
        layer = client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip("")})
        assert layer["LayerVersionArn"].endswith(":layer:l:1")
        assert client.get_function(FunctionName="with_all-1:$LATEST")["Configuration"]["Version"] == "$LATEST"
        assert [each["LayerName"] for each in client.list_layers()["Layers"]] == ["l"]
        assert client.get_layer_version(LayerName="l", VersionNumber=1)["Version"] == 1
        client.delete_function(FunctionName=arn)
        assert client.list_functions()["Functions"] == []


def test_a_creation_that_failed_half_way_is_left_to_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("half-way")

    with mock_lambda_urls():
        client, role = boto3.client("lambda", "us-east-1"), make_role(boto3.client("iam", "us-east-1"))
        package = {"ZipFile": make_zip("def handler(event, context): pass")}
        monkeypatch.setattr(DeployedFunction, "published", fail)
        with pytest.raises(RuntimeError, match="half-way"):
            client.create_function(
                FunctionName="fn", Runtime="python3.13", Role=role, Handler="app.handler", Code=package, Publish=True
            )
    assert type(lambda_backends[ACCOUNT]["us-east-1"]) is LambdaBackend
