"""Mocks whose modules a test takes out of ``sys.modules`` again, each in a process where nothing was loaded before."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.in_process

BEGIN = """
import json, sys
from unittest.mock import patch
import boto3, requests
from moto_lambda_urls import mock_lambda_urls as mocked

def mock_lambda_urls():
    return mocked(authorization="off")

def handler(event, context):
    return "hello"

def deploy_and_call(urls):
    url = urls.deploy(handler)
    assert requests.get(str(url)).text == "hello"
    assert boto3.client("lambda", "us-east-1").list_functions()["Functions"]
    assert len(urls.invocations) == 1

def make_stack():
    role = boto3.client("iam", "us-east-1").create_role(
        RoleName="stack", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
    )["Role"]["Arn"]
    function = {"FunctionName": "fn", "Handler": "index.handler", "Role": role, "Runtime": "python3.13",
                "Code": {"ZipFile": "def handler(event, context): return 'from a stack'"}}
    url = {"TargetFunctionArn": {"Ref": "Fn"}, "AuthType": "NONE"}
    template = {"Resources": {"Fn": {"Type": "AWS::Lambda::Function", "Properties": function},
                              "Url": {"Type": "AWS::Lambda::Url", "Properties": url}},
                "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}}}
    stacks = boto3.client("cloudformation", "us-east-1")
    stacks.create_stack(StackName="stack", TemplateBody=json.dumps(template))
    return stacks.describe_stacks(StackName="stack")["Stacks"][0]["Outputs"][0]["OutputValue"]

def assert_plain_moto():
    from moto.awslambda.models import LambdaBackend, lambda_backends
    from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
    assert lambda_backends.backend is LambdaBackend
    assert lambda_simple_backends.backend is LambdaSimpleBackend
    import builtins, http.client, httpx, logging, os, threading, urllib3
    for owner, name, home in (
        (http.client.HTTPConnection, "connect", "http.client"), (requests.Session, "get_adapter", "requests.sessions"),
        (httpx.HTTPTransport, "handle_request", "httpx._transports.default"),
        (urllib3.HTTPConnectionPool, "urlopen", "urllib3.connectionpool"),
        (threading.Thread, "start", "threading"), (logging.Logger, "setLevel", "logging"),
    ):
        function = vars(owner)[name]
        assert (function.__globals__["__name__"], function.__code__.co_name) == (home, name), owner
    assert type(os.environ) is os._Environ and type(sys.path) is list
    assert builtins.__import__.__class__.__name__ == "builtin_function_or_method"
    assert not [each for each in sys.meta_path if type(each).__module__.startswith("moto_lambda_urls")]
"""
LATER = """
for _ in range(2):
    with mock_lambda_urls() as urls:
        deploy_and_call(urls)
with mock_lambda_urls():
    assert requests.get(make_stack()).text == "from a stack"
assert_plain_moto()
"""


def run(*code: str) -> None:
    script = BEGIN + "".join(textwrap.dedent(each) for each in code)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""


USES = {
    "lambda": "boto3.client('lambda', 'us-east-1').list_functions()",
    "tagging": "boto3.client('resourcegroupstaggingapi', 'us-east-1').get_resources()",
    "cloudformation": "make_stack()",
    "deployment": "deploy_and_call(urls); urls.requests.clear()",
}


@pytest.mark.parametrize("use", USES)
def test_first_use_while_the_modules_are_patched(use: str) -> None:
    run(
        f"""
        with mock_lambda_urls() as urls:
            with patch.dict(sys.modules):
                {USES[use]}
            boto3.client("cloudwatch", "us-east-1").list_metrics()
            deploy_and_call(urls)
        """,
        LATER,
    )


@pytest.mark.parametrize("use", USES)
def test_first_mock_while_the_modules_are_patched(use: str) -> None:
    run(
        f"""
        with patch.dict(sys.modules):
            with mock_lambda_urls() as urls:
                {USES[use]}
        """,
        LATER,
    )


def test_mock_that_outlives_the_patch_of_the_modules_which_it_started_in() -> None:
    run(
        """
        mock = mock_lambda_urls()
        with patch.dict(sys.modules):
            mock.start()
            url = mock.urls.deploy(handler)
        assert requests.get(str(url)).text == "hello"
        mock.urls.requests.clear()
        deploy_and_call(mock.urls)
        with mock_lambda_urls() as inner:
            deploy_and_call(inner)
        mock.stop()
        """,
        LATER,
    )


def test_import_of_the_mock_loads_nothing_that_it_is_made_of() -> None:
    loaded = (
        "import json, sys; from moto_lambda_urls import mock_lambda_urls; mock_lambda_urls(lambda: None)\n"
        "print(json.dumps(sorted(name for name in sys.modules if name.startswith('moto_lambda_urls.'))))"
    )
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    loaded_names = [name.removeprefix("moto_lambda_urls.") for name in json.loads(ended.stdout)]
    assert {name.split(".")[0] for name in loaded_names} == {"messages", "mock", "patching", "runtime", "state"}
    assert [name for name in loaded_names if name.startswith("patching.")] == [
        "patching.call_site",
        "patching.tracebacks",
    ]
    of_runtime = [name for name in loaded_names if name.startswith("runtime.")]
    assert of_runtime == ["runtime.applications", "runtime.applications.application"]
