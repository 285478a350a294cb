from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from textwrap import dedent
from typing import Any

import pytest
import requests

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process

pytest_plugins = ["pytester"]

PLUGIN = "moto_lambda_urls.pytest_plugin"
LOADED = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]
"""The plugin is an entry point where the package is installed, and named where only its source is on the path."""

HANDLERS = """
import pytest
import requests


def echo(event, context):
    return {"statusCode": 200, "body": event["rawPath"]}


def broken(event, context):
    raise ValueError("no stock")
"""


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    # What an inner run imports first is forgotten with it: moto's services take seconds, Flask has to stay the same.
    for mock in (mock_lambda_urls(), LambdaUrlsServer()):
        with mock as running:
            urls = running.urls if isinstance(running, LambdaUrlsServer) else running
            requests.get(urls.deploy(lambda event, context: None, region_name="us-east-1"))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run tests written after the handlers ``echo`` and ``broken``, in this process; gives pytest's result."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    def run_tests(source: Any, *options: Any, ini: str = "") -> Any:
        pytester.makeini(f"[pytest]\nasyncio_default_fixture_loop_scope = function\n{ini}")
        pytester.makepyfile(HANDLERS + dedent(source))
        return pytester.runpytest("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *LOADED, *options)

    return run_tests


def test_fixture(run: Any) -> None:
    result = run(
        """
        def test_orders(lambda_urls):
            url = lambda_urls.deploy(echo)
            assert requests.get(f"{url}orders/7").text == "/orders/7"
            assert lambda_urls.invocations.last.path == "/orders/7"

        def test_starts_empty(lambda_urls):
            assert lambda_urls.client("lambda").list_functions()["Functions"] == []
            assert len(lambda_urls.invocations) == 0
        """
    )
    result.assert_outcomes(passed=2)


def test_marker(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(authorization="off", handlers={"orders": echo})
        def test_orders(lambda_urls):
            url = lambda_urls.deploy(broken, name="orders", auth_type="AWS_IAM", grant=False)
            lambda_urls.register("orders", echo)
            assert requests.get(url).status_code == 200
        """
    )
    result.assert_outcomes(passed=1)


def test_handlers_of_the_marker_stand_in(run: Any) -> None:
    result = run(
        """
        import boto3

        @pytest.mark.lambda_urls(handlers={"orders": echo}, authorization="off")
        def test_orders(lambda_urls):
            deployed = lambda_urls.deploy("some.module.handler", name="orders")
            assert requests.get(f"{deployed}x").text == "/x"
        """
    )
    result.assert_outcomes(passed=1)


def test_closest_marker_wins_option_by_option(run: Any) -> None:
    result = run(
        """
        pytestmark = pytest.mark.lambda_urls(authorization="off", raise_handler_errors=True)

        @pytest.mark.lambda_urls(raise_handler_errors=False)
        class TestOrders:
            def test_answers(self, lambda_urls):
                assert requests.get(lambda_urls.deploy(broken, grant=False)).status_code == 502

            @pytest.mark.lambda_urls(raise_handler_errors=True)
            def test_raises(self, lambda_urls):
                with pytest.raises(ValueError, match="no stock"):
                    requests.get(lambda_urls.deploy(broken, grant=False))
        """
    )
    result.assert_outcomes(passed=2)


def test_misspelt_marker_option(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(authorisation="off")
        def test_orders(lambda_urls):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    known = "authorization, function_states, handlers, *"
    result.stdout.fnmatch_lines([f"*TypeError: the marker lambda_urls has no option 'authorisation'; they are {known}"])


def test_positional_marker_option(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls("off")
        def test_orders(lambda_urls):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*TypeError: the marker lambda_urls takes only keyword arguments, not ('off',)"])


def test_marker_without_the_fixture(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(authorization="off")
        def test_alone():
            pass

        @pytest.mark.lambda_urls(authorization="off")
        class TestMixed:
            def test_without(self):
                pass

            def test_with(self, lambda_urls):
                pass
        """
    )
    result.assert_outcomes(errors=1, passed=2)
    result.stdout.fnmatch_lines(["the marker lambda_urls has no effect: the test does not use the fixture lambda_urls"])


def test_wrong_value_of_a_marker_option(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(authorization="lax")
        def test_orders(lambda_urls):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ValueError: authorization='lax' is not one of 'standard', 'strict', 'off'"])


def test_marker_is_known(run: Any) -> None:
    assert run("", "--markers", "--strict-markers").ret == 0
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.lambda_urls(*authorization='standard'*"])


def test_ini_options(run: Any, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(shop_for_ini="def handler(event, context): raise KeyError(event['rawPath'])")
    result = run(
        """
        def test_raises(lambda_urls):
            url = lambda_urls.deploy(echo, name="other", grant=False)
            assert requests.get(url).status_code == 200
            orders = lambda_urls.deploy("some.module.handler", name="orders", grant=False)
            with pytest.raises(KeyError, match="/x"):
                requests.get(f"{orders}x")

        @pytest.mark.lambda_urls(raise_handler_errors=False)
        def test_answers(lambda_urls):
            assert requests.get(lambda_urls.deploy(broken)).status_code == 502
        """,
        ini=(
            "pythonpath = .\n"
            "lambda_urls_authorization = off\n"
            "lambda_urls_raise_handler_errors = true\n"
            "lambda_urls_handlers =\n    orders = shop_for_ini:handler\n"
        ),
    )
    result.assert_outcomes(passed=2)


def test_options_of_processes(run: Any) -> None:
    source = """
        def options(lambda_urls):
            return lambda_urls._scope.options.processes, lambda_urls._scope.options.max_processes

        @pytest.mark.lambda_urls(processes="never", max_processes=3)
        def test_marker(lambda_urls):
            assert options(lambda_urls) == ("never", 3)

        def test_ini(lambda_urls):
            assert options(lambda_urls) == ("always", 2)
    """
    run(source, ini="lambda_urls_processes = always\nlambda_urls_max_processes = 2").assert_outcomes(passed=2)
    result = run(source, ini="lambda_urls_max_processes = two")
    result.stdout.fnmatch_lines(["*lambda_urls_max_processes: 'two' is not a number*"])


def test_misspelt_ini_option(run: Any) -> None:
    result = run("", ini="lambda_urls_authorisation = off")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*'lambda_urls_authorisation' is no option of moto-lambda-urls; they are lambda_urls_authorization, *"]
    )


MISSPELT = [
    "lambda_urls_authorisation",
    "lambda_urls",
    "lambda_urlsauthorization",
    "lambda_url_authorization",
    "lambda-urls-authorization",
    "LAMBDA_URLS_AUTHORIZATION",
    "lamda_urls_authorization",
]


@pytest.mark.parametrize("name", MISSPELT)
@pytest.mark.parametrize("is_in_file", [True, False], ids=["file", "override"])
def test_misspelt_ini_option_where_warnings_are_ignored(run: Any, name: str, is_in_file: bool) -> None:
    given = f"{name}=off"
    result = run("", "-Wignore", *([] if is_in_file else ["-o", given]), ini=given if is_in_file else "")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{name!r} is no option of moto-lambda-urls; they are lambda_urls_authorization, *"])


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_ini_option_that_is_no_boolean(run: Any, value: str) -> None:
    result = run("", ini=f"lambda_urls_raise_handler_errors = {value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.errlines == [
        f"ERROR: lambda_urls_raise_handler_errors is true or false: invalid truth value {value!r}",
        "",
    ]


def test_ini_option_of_another_plugin_with_our_prefix(run: Any, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_addoption(parser): parser.addini('lambda_urls_extra', 'help')")
    result = run("def test_it(): pass", "-o", "lambda_urls_validate=moto", ini="lambda_urls_extra = 1")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("orders", "*lambda_urls_handlers: 'orders' is not of the form name = package.module:handler*"),
        ("orders = nowhere_at_all:handler", "*lambda_urls_handlers: 'orders = *No module named 'nowhere_at_all'*"),
        ("orders = json:handler", "*lambda_urls_handlers: 'orders = *no attribute 'handler'*"),
    ],
)
def test_ini_handler_that_is_none(run: Any, line: str, message: str) -> None:
    result = run("def test_orders(lambda_urls): pass", ini=f"lambda_urls_handlers = {line}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_failing_report_shows_the_invocations(run: Any) -> None:
    result = run(
        """
        def test_orders(lambda_urls):
            url = lambda_urls.deploy(echo)
            requests.get(f"{url}orders/7?full=1")
            requests.post(lambda_urls.deploy(broken))
            assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- function URL requests -*",
            "GET /orders/7?full=1 -> 200",
            "POST / -> 502 ValueError: no stock",
        ],
        consecutive=True,
    )


def test_failing_report_shows_each_cure_once(run: Any) -> None:
    result = run(
        """
        @pytest.mark.filterwarnings("default::moto_lambda_urls.FunctionUrlPermissionWarning")
        def test_orders(lambda_urls):
            closed = lambda_urls.deploy(echo, name="orders", grant=False)
            for _ in range(2):
                requests.get(closed)
            requests.get(lambda_urls.deploy(lambda event, context: {"statusCode": "OK"}))
            assert False
        """
    )
    failure = result.stdout.str().partition("= FAILURES =")[2].partition("= warnings summary =")[0]
    logged, _, listed = failure.partition("- function URL requests -")
    lines = logged.partition("- Captured log call -")[2].splitlines()[1:-1]
    assert [" -> 403 refused: " in line for line in lines[:2]] == [True, True]
    assert " -> 502 InvalidResponse: " in lines[2]
    assert lines[3:] == [""] * len(lines[3:])
    assert [listed.count(each) for each in ("client.add_permission(", "to fix it, return e.g.", "as above")] == [
        2,
        1,
        1,
    ]


def test_failing_report_is_short(run: Any) -> None:
    result = run(
        """
        def test_orders(lambda_urls):
            url = lambda_urls.deploy(echo)
            for number in range(13):
                requests.get(f"{url}{number}")
            assert False

        def test_nothing(lambda_urls):
            assert False
        """
    )
    result.stdout.fnmatch_lines(["... 3 earlier", "GET /3 -> 200"], consecutive=True)
    result.stdout.fnmatch_lines(["*_ test_nothing _*", "*- function URL requests -*", "none"])


def test_passing_and_other_tests_report_nothing(run: Any) -> None:
    result = run(
        """
        def test_orders(lambda_urls):
            requests.get(lambda_urls.deploy(echo))

        def test_without_the_fixture():
            assert False
        """,
        "-rA",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*function URL requests*")


def test_failed_test_undoes_the_mock(run: Any) -> None:
    result = run(
        """
        def test_fails(lambda_urls):
            lambda_urls.deploy(echo).fail(times=None)
            assert False

        def test_after(lambda_urls):
            assert requests.get(lambda_urls.deploy(echo)).status_code == 200

        def test_nothing_is_mocked():
            from moto_lambda_urls.state import scope
            assert scope.active() == ()
        """
    )
    result.assert_outcomes(passed=2, failed=1)


def test_xdist(run: Any) -> None:
    result = run(
        """
        @pytest.mark.parametrize("number", range(6))
        def test_orders(lambda_urls, number):
            url = lambda_urls.deploy(echo, name="orders", url_id="orders")
            assert requests.get(f"{url}{number}").text == f"/{number}"
            assert [each.path for each in lambda_urls.invocations] == [f"/{number}"]
            assert number != 5
        """,
        "-n2",
    )
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*- function URL requests -*", "GET /5 -> 200"], consecutive=True)


def test_asyncio(run: Any) -> None:
    result = run(
        """
        import httpx

        @pytest.mark.asyncio
        async def test_orders(lambda_urls):
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{lambda_urls.deploy(echo)}a")).text == "/a"
        """
    )
    result.assert_outcomes(passed=1)


def test_anyio(run: Any) -> None:
    result = run(
        """
        import httpx

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_orders(lambda_urls):
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{lambda_urls.deploy(echo)}a")).text == "/a"
        """
    )
    result.assert_outcomes(passed=1)


def test_unittest_classes(run: Any) -> None:
    result = run(
        """
        import unittest
        import boto3

        @pytest.mark.usefixtures("lambda_urls")
        @pytest.mark.lambda_urls(authorization="strict")
        class UsesFixture(unittest.TestCase):
            def test_mocked(self):
                assert boto3.client("lambda", "us-east-1").list_functions()["Functions"] == []

        class TakesFixture(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _urls(self, lambda_urls):
                self.urls = lambda_urls

            def test_orders(self):
                self.assertEqual(requests.get(self.urls.deploy(echo)).text, "/")

            def test_fails(self):
                requests.get(self.urls.deploy(echo))
                self.fail("on purpose")
        """
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*- function URL requests -*", "GET / -> 200"], consecutive=True)


def test_server_fixture(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(authorization="off")
        def test_orders(lambda_urls_server):
            url = lambda_urls_server.urls.deploy(echo)
            assert url.startswith(lambda_urls_server.endpoint_url)
            assert requests.get(f"{url}a").text == "/a"
            assert lambda_urls_server.urls.invocations.last.path == "/a"
            assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- function URL requests -*", "GET /a -> 200"], consecutive=True)


def test_server_fixture_raises_at_the_end(run: Any) -> None:
    result = run(
        """
        @pytest.mark.lambda_urls(raise_handler_errors=True)
        def test_orders(lambda_urls_server):
            url = lambda_urls_server.urls.deploy(broken)
            assert requests.get(url).status_code == 502
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ValueError: no stock"])


def test_entry_point_imports_next_to_nothing() -> None:
    code = "import sys, moto_lambda_urls.pytest_plugin; print([name for name in sys.modules if name in {names}])"
    names = {
        "moto",
        "boto3",
        "botocore",
        "requests",
        "werkzeug",
        "moto_lambda_urls.mock",
        "moto_lambda_urls.state.scope",
    }
    shown = subprocess.run(
        [sys.executable, "-c", code.format(names=names)], capture_output=True, text=True, check=True
    ).stdout
    assert shown == "[]\n"


@pytest.mark.parametrize("strict", ["--strict-config", "-Werror"])
def test_misspelt_ini_option_where_pytest_is_strict(run: Any, strict: str) -> None:
    result = run("", strict, ini="lambda_urls_authorisation = off")
    assert result.ret != pytest.ExitCode.OK
    assert "lambda_urls_authorisation" in result.stdout.str() + result.stderr.str()


def test_misspelt_option_of_another_plugin_is_none_of_our_business(run: Any) -> None:
    result = run("def test_it(): pass", ini="other_authorisation = off")
    result.assert_outcomes(passed=1, warnings=1)
