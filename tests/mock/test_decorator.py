"""mock_lambda_urls in every form that mock_aws has, and what it leaves behind."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import logging
import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from support.builders import grant_public, make_role, make_zip

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.smoke
HELLO = "def handler(event, context): return {'statusCode': 200, 'body': 'hello'}"


def public_url(name: str = "fn", source: str = HELLO) -> str:
    create_function(name, source)
    return url_of(name)


def create_function(name: str = "fn", source: str = HELLO) -> None:
    role = make_role(boto3.client("iam", "us-east-1"))
    boto3.client("lambda", "us-east-1").create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="app.handler", Code={"ZipFile": make_zip(source)}
    )


def url_of(name: str = "fn") -> str:
    client = boto3.client("lambda", "us-east-1")
    url = client.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    grant_public(client, name)
    return url


@mock_lambda_urls
def test_bare_decorator() -> None:
    assert requests.get(public_url()).text == "hello"


@mock_lambda_urls()
def test_called_decorator() -> None:
    assert requests.get(public_url()).text == "hello"


@pytest.mark.in_process
@mock_lambda_urls(handlers={"fn": lambda event, context: "registered"})
def test_handlers_stand_in_for_the_package() -> None:
    assert requests.get(public_url()).text == "registered"


@mock_lambda_urls
@pytest.mark.parametrize("word", ["a", "b"])
def test_decorator_keeps_fixtures_and_parameters(word: str, tmp_path: Path) -> None:
    assert word in "ab"
    assert tmp_path.is_dir()


@mock_lambda_urls
async def test_async_function() -> None:
    url = public_url()
    assert (await asyncio.to_thread(requests.get, url)).text == "hello"


def test_context_manager_gives_the_controller() -> None:
    with mock_lambda_urls() as urls:
        assert isinstance(urls, LambdaUrls)
        assert requests.get(public_url()).text == "hello"
        assert urls.invocations[-1].function_name == "fn"


def test_start_and_stop() -> None:
    mock = mock_lambda_urls()
    mock.start()
    try:
        assert requests.get(public_url()).text == "hello"
    finally:
        mock.stop()


def test_stop_before_start() -> None:
    with pytest.raises(RuntimeError, match=r"Called stop\(\) before start\(\)"):
        mock_lambda_urls().stop()


@mock_lambda_urls
class TestClassDecorator:
    def test_one(self) -> None:
        assert requests.get(public_url()).text == "hello"

    def test_data_of_another_test_is_gone(self) -> None:
        assert boto3.client("lambda", "us-east-1").list_functions()["Functions"] == []
        public_url("other")


@mock_lambda_urls
class TestUnittest(unittest.TestCase):
    def setUp(self) -> None:
        self.url = public_url()

    def test_url_made_in_set_up(self) -> None:
        self.assertEqual(requests.get(self.url).text, "hello")


@mock_lambda_urls
class TestAsynchronousUnittest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.url = public_url()

    async def test_url_made_in_set_up(self) -> None:
        self.assertEqual(requests.get(self.url).text, "hello")

    async def test_another_begins_without_its_data(self) -> None:
        self.assertEqual(requests.get(self.url).text, "hello")


def test_config_goes_to_moto() -> None:
    with mock_lambda_urls(config={"lambda": {"use_docker": False}}):
        assert requests.get(public_url()).text == "hello"


def test_misspelt_option_is_named() -> None:
    with pytest.raises(TypeError, match="authorisation"):
        mock_lambda_urls(authorisation="off")  # type: ignore[call-overload]


def test_unknown_authorization_is_named() -> None:
    with pytest.raises(ValueError, match="authorization='lax' is not one of 'standard', 'strict', 'off'"):
        mock_lambda_urls(authorization="lax")  # type: ignore[call-overload]


@pytest.mark.parametrize("number", [0, 1_001, 2.0, True, "8"])
def test_impossible_number_of_processes(number: Any) -> None:
    with pytest.raises(ValueError, match=f"max_processes={number!r} is not a whole number from 1 to 1000"):
        mock_lambda_urls(max_processes=number)


def test_handler_that_is_no_callable() -> None:
    with pytest.raises(TypeError, match=r"handlers\['fn'\] is 'app.handler', not a callable"):
        mock_lambda_urls(handlers={"fn": "app.handler"})  # type: ignore[dict-item]


@pytest.mark.in_process
def test_inside_mock_aws_with_a_function_from_before() -> None:
    with mock_aws():
        create_function()
        with mock_lambda_urls():
            url = url_of()
            assert requests.get(url).text == "hello"
        assert [f["FunctionName"] for f in boto3.client("lambda", "us-east-1").list_functions()["Functions"]] == ["fn"]
        backend = lambda_backends["123456789012"]["us-east-1"]
        assert type(backend) is LambdaBackend
        assert type(backend.get_function("fn")) is LambdaFunction


def test_mock_aws_inside() -> None:
    with mock_lambda_urls():
        url = public_url()
        with mock_aws():
            assert requests.get(url).text == "hello"
            other = public_url("other")
        assert requests.get(other).text == "hello"


@pytest.mark.in_process
def test_mock_inside_a_mock() -> None:
    with mock_lambda_urls() as outer:
        url = public_url()
        with mock_lambda_urls(handlers={"fn": lambda event, context: "inner"}):
            assert requests.get(url).text == "inner"
        assert requests.get(url).text == "hello"
        assert len(outer.invocations) == 2


@pytest.mark.in_process
def test_outer_mock_aws_ends_first() -> None:
    outer, inner = mock_aws(), mock_lambda_urls()
    outer.start()
    inner.start()
    url = public_url()
    outer.stop()
    assert requests.get(url).text == "hello"
    inner.stop()
    assert lambda_backends.backend is LambdaBackend


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files go where no other process makes any."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_exception_in_the_test_undoes_everything(own_folder: None) -> None:
    with mock_lambda_urls():  # the first use imports modules, which stay
        requests.get(public_url())
    before = _footprint()
    with pytest.raises(ZeroDivisionError), mock_lambda_urls():
        requests.get(public_url())
        raise ZeroDivisionError
    _assert_as(before)


def test_everything_is_as_before(own_folder: None) -> None:
    with mock_lambda_urls():
        requests.get(public_url())
    before = _footprint()
    for _ in range(3):
        with mock_lambda_urls():
            requests.get(public_url(source="import os, sys\nsys.path.append('x')\nos.environ['LEFT'] = '1'\n" + HELLO))
    _assert_as(before)


def _assert_as(before: dict[str, Any]) -> None:
    after = _footprint()
    assert after.pop("threads") <= before.pop("threads")  # other tests' threads may end meanwhile
    assert after == before


def _footprint() -> dict[str, Any]:
    return {
        "path": list(sys.path),
        "modules": set(sys.modules),
        "meta_path": list(sys.meta_path),
        "environ": dict(os.environ),
        "environ_type": type(os.environ),
        "directory": Path.cwd(),
        "import": builtins.__import__,
        "import_module": importlib.import_module,
        "streams": (sys.stdout, sys.stderr),
        "handlers": list(logging.getLogger().handlers),
        "level": logging.getLogger().level,
        "threads": {thread.name for thread in threading.enumerate()},
        "thread_start": threading.Thread.start,
        "files": {path.name for path in Path(tempfile.gettempdir()).iterdir() if "lambda" in path.name},
        "get_adapter": requests.Session.get_adapter,
        "backend": lambda_backends.backend,
    }


@pytest.mark.in_process
def test_callable_is_kept_with_its_function() -> None:
    first, second = mock_lambda_urls(), mock_lambda_urls()
    first.start()
    url = str(first.urls.deploy(lambda _event, _context: "the callable", name="orders"))
    first.stop(remove_data=False)
    second.start(reset=False)
    assert requests.get(url).text == "the callable"
    second.stop()
    with mock_lambda_urls() as urls:
        with pytest.raises(urls.client("lambda").exceptions.ResourceNotFoundException):
            urls.find("orders")
        create_function("orders")
        assert requests.get(url_of("orders")).text == "hello"
