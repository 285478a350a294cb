"""Fixtures that put a tool beside the mock; ``nox -s tools`` installs the tools."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import unwrap
from pathlib import Path
from textwrap import dedent

import pytest
from support.beside import NAMES, ORDERS, Beside, LoopBeside, OwnProcess, Suite, Tool, beside
from support.beside import loop_beside as beside_loop

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of an ordinary HTTP server in another process."""
    command = [sys.executable, "-m", "support.local_server"]
    with subprocess.Popen(command, cwd=ROOT / "tests", stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(params=ORDERS)
def order(request: pytest.FixtureRequest) -> str:
    """Which of the two is in the other."""
    each: str = request.param
    return each


@pytest.fixture(name="beside")
def _beside(order: str, server: str) -> Beside:
    """Enter the mock and a tool, in each order, and see both work: ``with beside(tool) as urls:``."""
    return lambda tool, **clients: beside(order, tool, server, **clients)


@pytest.fixture
def own_process(order: str, server: str) -> OwnProcess:
    """The same in a process of its own, whose first mock it is.

    The tool is a function of a test module, or None for one that ``launcher``, the command's beginning, switches on.
    """

    def run(
        tool: Tool | None,
        *,
        launcher: tuple[str, ...] = (sys.executable, "-m", "support.beside"),
        clients: Iterable[str] = NAMES,
        reaching: Iterable[str] | None = None,
        **variables: str,
    ) -> None:
        function = ("", "") if tool is None else (unwrap(tool).__code__.co_filename, tool.__name__)
        reaching = clients if reaching is None else reaching
        run_python(*launcher, *function, order, server, ",".join(clients), ",".join(reaching), **variables)

    return run


@pytest.fixture
def loop_beside(order: str, server: str) -> LoopBeside:
    """An event loop beside the mock."""
    return lambda run, *sends: beside_loop(order, run, server, *sends)


SUITE = """
import pytest
from moto_lambda_urls import mock_lambda_urls
from support.beside import functions_answer, server_answers

CLIENTS = ["requests", "httpx", "aiohttp"]
SERVER = {server!r}


def test_fixture(lambda_urls):
    functions_answer(lambda_urls, CLIENTS)
    server_answers(SERVER, CLIENTS)


@mock_lambda_urls
def test_decorated():
    with mock_lambda_urls() as urls:
        functions_answer(urls, CLIENTS)
        server_answers(SERVER, CLIENTS)
"""
AROUND = """
import pytest
from moto_lambda_urls import mock_lambda_urls


@pytest.fixture(scope="session", autouse=True)
def around():
    with mock_lambda_urls():
        yield
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, order: str, server: str, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Run a small suite with a plugin of pytest: its two tests and those of ``source``, in which SERVER is known.

    Each test has a mock of its own, and "tool-in-mock" one around the session too. Gives pytest's result.
    """
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    def run(*options: str, source: str = "") -> pytest.RunResult:
        pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        pytester.makeconftest(AROUND if order == "tool-in-mock" else "")
        pytester.makepyfile(SUITE.format(server=server) + dedent(source))
        return pytester.runpytest_subprocess("-p", "no:ddtrace", *options, timeout=120)

    return run


@pytest.fixture
def script() -> Callable[..., None]:
    """Run a command that writes "both work", with the tests' own modules in reach."""
    return run_python


def run_python(*command: str, **variables: str) -> None:
    """Run ``command`` with the tests' own modules; what it writes is shown when it fails."""
    python_path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = {**os.environ, "PYTHONPATH": python_path, "AWS_DEFAULT_REGION": "us-east-1", **variables}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (0, "both work\n"), ended.stdout + ended.stderr
