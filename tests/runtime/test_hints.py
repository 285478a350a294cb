from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from support.builders import make_zip
from support.web_applications import ASGI, WSGI

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.runtime.hints import hint

pytestmark = pytest.mark.in_process
SOURCES = {
    "ASGI": "async def app(scope, receive, send): ...",
    "WSGI": "def app(environ, start_response): return environ['REQUEST_METHOD']",
}


@pytest.mark.parametrize("make", [*ASGI, *WSGI], ids=lambda make: make.__name__)
def test_application_that_is_taken_for_a_handler(mock: LambdaUrls, make: Any) -> None:
    application = make()
    url = mock.deploy(lambda *arguments: application(*arguments))
    kind = "an ASGI" if make in ASGI else "a WSGI"
    assert requests.get(url).status_code == 502
    assert url.last.error is not None
    assert f"\nThe handler may be {kind} application, which Lambda cannot call: " in url.last.error.traceback


@pytest.mark.parametrize("process", [True, False])
@pytest.mark.parametrize(("kind", "source"), SOURCES.items())
def test_application_in_a_folder_is_refused_as_on_aws(
    mock: LambdaUrls, tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str, source: str, process: bool
) -> None:
    (tmp_path / "app.py").write_text(source, encoding="utf-8")
    url = mock.deploy(tmp_path, handler_name="app.app", process=process)
    answer = requests.get(url)
    assert (answer.status_code, answer.text) == (502, "Internal Server Error")
    wrapper = "mangum.Mangum(app)" if kind == "ASGI" else "apig_wsgi.make_lambda_handler(app)"
    assert f"{kind} application, which Lambda cannot call: " in caplog.text
    assert f"wrap it in the package: handler = {wrapper}. Here, deploy(app)" in caplog.text


@pytest.mark.parametrize(
    ("error_type", "message"),
    [
        ("TypeError", "handler() missing 1 required positional argument: 'context'"),
        ("KeyError", "'order'"),
        ("ValueError", "'REQUEST_METHOD'"),
    ],
)
def test_no_hint(error_type: str, message: str) -> None:
    assert hint(error_type, message) == ""


@pytest.mark.parametrize("message", ["'LambdaContext' object is not callable", "'wsgi.input'"])
def test_bare_wsgi_functions(message: str) -> None:
    assert "a WSGI application" in hint("KeyError" if "wsgi" in message else "TypeError", message)


async def asynchronous(event: Any, context: Any) -> Any:
    yield "a"


async def coroutine(event: Any, context: Any) -> Any:
    return "a"


def generator(event: Any, context: Any) -> Any:
    yield "a"


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (asynchronous, "Lambda's Python runtime takes no async generator. A generator (def with yield) streams, "),
        (coroutine, "Lambda's Python runtime awaits nothing: let handler(event, context) call asyncio.run."),
        (generator, "A generator streams at a URL with InvokeMode RESPONSE_STREAM, and only there."),
    ],
)
def test_results_that_are_not_json(mock: LambdaUrls, handler: Any, said: str) -> None:
    results: list[Any] = []

    def keeping(event: Any, context: Any) -> Any:
        results.append(handler(event, context))
        return results[-1]

    url = mock.deploy(keeping)
    assert requests.get(url).status_code == 502
    if handler is coroutine:
        results[0].close()  # else Python warns that it was never awaited
    error = url.last.error
    assert error is not None
    assert (error.type, error.hint[: len(said)]) == ("Runtime.MarshalError", said)


@pytest.mark.parametrize("process", [True, False])
def test_names_of_a_package_are_those_that_were_deployed(mock: LambdaUrls, process: bool) -> None:
    files = {"app.py": "import helper, absent_here", "helper.py": "x = 1"}
    url = mock.deploy(make_zip(files), handler_name="app.handler", process=process, timeout=60)
    assert requests.get(url).status_code == 502
    assert url.last.error is not None
    assert url.last.error.hint.startswith("Its deployment package holds app.py, helper.py")
