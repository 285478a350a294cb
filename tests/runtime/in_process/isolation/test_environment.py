"""The environment variables that deployed code sees, and the code of the test itself."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.runtime.variables import PASSED_ON

pytestmark = pytest.mark.in_process

LOOKS = """
import os, subprocess, sys, threading

def shell(name):
    with os.popen(f"echo ${name}") as output:
        return output.read().strip() or "None"

def ways(name):
    code = f"import os; print(os.environ.get({name!r}))"
    children = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip(),
        shell(name),
    ]
    in_thread = []
    thread = threading.Thread(target=lambda: in_thread.append(os.environ.get(name)))
    thread.start()
    thread.join()
    return [
        os.environ.get(name), os.getenv(name), os.environ.copy().get(name), dict(os.environ).get(name),
        {**os.environ}.get(name), next((value for key, value in os.environ.items() if key == name), None),
        (os.environb.get(name.encode()) or b"None").decode(), *in_thread, *children,
        name in os.environ, name in list(os.environ), name.encode() in os.environb,
    ]

at_import = ways("OF_TEST")

def handler(event, context):
    try:
        os.environ["OF_TEST"]
    except KeyError as error:
        missing = error.args
    return {
        "at import": at_import,
        "of test": ways("OF_TEST"),
        "of function": ways("OF_FUNCTION"),
        "length": len(os.environ) - len(list(os.environ)),
        "missing": missing,
    }
"""
UNSEEN: list[Any] = [None] * 6 + ["None", None, "None", "None", False, False, False]
SEEN: list[Any] = ["f"] * 10 + [True] * 3
OF_LAMBDA = {
    *{"HOME", "LANG", "TZ", "_HANDLER", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "_X_AMZN_TRACE_ID"},
    *{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"},
    *{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_XRAY_CONTEXT_MISSING"},
    *{"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"},
    *{"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_INITIALIZATION_TYPE"},
}
OF_PROCESSES = {
    *{"AWS_LAMBDA_RUNTIME_API", "_LAMBDA_TELEMETRY_LOG_FD", "AWS_ENDPOINT_URL", "AWS_EC2_METADATA_DISABLED"},
}
TELL = "import os\ndef handler(event, context): return dict(os.environ)"


def result(url: FunctionUrl) -> Any:
    return requests.get(str(url), timeout=60).json()


def own(event: Any, context: Any) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in ("OF_TEST", "OF_FUNCTION", "HOME")}


def test_deployed_code_sees_its_function_s_variables_only(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    url = mock.deploy(make_zip(LOOKS), environment={"OF_FUNCTION": "f"}, timeout=60)
    seen = {"at import": UNSEEN, "of test": UNSEEN, "of function": SEEN, "length": 0, "missing": ["OF_TEST"]}
    assert [result(url) for _ in range(2)] == [seen] * 2
    assert os.environ["OF_TEST"] == "t"
    assert "OF_FUNCTION" not in os.environ


def test_the_whole_environment_of_deployed_code(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    url = mock.deploy(make_zip(TELL), environment={"OF_FUNCTION": "f"})
    for name in ("SECRET", "AWS_PROFILE", "AWS_ENDPOINT_URL", "PYTHONPATH"):
        monkeypatch.setenv(name, "of the test")
    monkeypatch.setenv("SSL_CERT_FILE", "/certificates")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    seen = result(url)
    passed_on = {name: os.environ[name] for name in (*PASSED_ON, "MOTO_ACCOUNT_ID") if name in os.environ}
    assert {name: seen[name] for name in passed_on} == passed_on
    assert set(seen) - set(passed_on) == OF_LAMBDA | {"OF_FUNCTION"}


@pytest.mark.parametrize("process", [False, True])
def test_the_same_in_this_process_and_in_one_of_its_own(process: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    with mock_lambda_urls() as urls:
        seen = result(urls.deploy(make_zip(TELL), process=process, timeout=30))
    assert set(seen) - set(PASSED_ON) - OF_PROCESSES == OF_LAMBDA


def test_home_is_an_empty_folder_of_the_function(mock: LambdaUrls) -> None:
    source = "import os\ndef handler(event, context): return [os.path.expanduser('~'), os.listdir(os.environ['HOME'])]"
    home, content = result(mock.deploy(make_zip(source)))
    assert content == []
    assert home != os.path.expanduser("~")


def test_a_layer_s_handler_is_deployed_code(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    client = mock.client("lambda")
    layer = client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip({"python/app.py": TELL})})
    url = mock.deploy(make_zip({"data.txt": ""}), name="f", handler_name="app.handler")
    client.update_function_configuration(FunctionName="f", Layers=[layer["LayerVersionArn"]])
    assert "OF_TEST" not in result(url)


def test_callables_and_imported_handlers_see_the_test_s_variables(
    mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    seen = {"OF_TEST": "t", "OF_FUNCTION": "f", "HOME": os.environ.get("HOME")}
    for handler in (own, f"{__name__}:own"):
        url = mock.deploy(handler, environment={"OF_FUNCTION": "f"})
        assert result(url) == seen
        monkeypatch.setenv("OF_TEST", "u")
        assert result(url) == {**seen, "OF_TEST": "u"}
        monkeypatch.setenv("OF_TEST", "t")


def test_a_callable_in_the_place_of_deployed_code_sees_the_test_s_variables(
    mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    url = mock.deploy(make_zip(TELL), name="f")
    assert "OF_TEST" not in result(url)
    mock.register("f", own)
    assert result(url)["OF_TEST"] == "t"


def test_functions_of_either_kind_at_once(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    deployed, callable_ = mock.deploy(make_zip(TELL)), mock.deploy(own)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda number: result((deployed, callable_)[number % 2]).get("OF_TEST"), range(32)))
    assert seen == [None, "t"] * 16
    assert os.environ["OF_TEST"] == "t"


def test_deployed_code_that_calls_a_callable_and_the_other_way_round(
    mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    monkeypatch.setenv("MOTO_LAMBDA_CONCURRENCY_QUOTA", "1234")
    inner = mock.deploy(own)
    source = (
        "import boto3, os, requests\n"
        "def handler(event, context):\n"
        f"    inner = requests.get({str(inner)!r}).json()\n"
        "    settings = boto3.client('lambda').get_account_settings()['AccountLimit']\n"
        "    return [inner['OF_TEST'], os.environ.get('OF_TEST'), settings['ConcurrentExecutions']]"
    )
    url = mock.deploy(make_zip(source), timeout=30)
    outer = mock.deploy(lambda event, context: [os.environ["OF_TEST"], *requests.get(str(url)).json()], timeout=30)
    assert result(outer) == ["t", "t", None, 1234]


def test_deployed_code_changes_and_deletes_what_is_passed_on(mock: LambdaUrls) -> None:
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    before = os.environ.pop('PATH', None)\n"
        "    os.environ['OF_TEST'] = 'own'\n"
        "    return [before, 'PATH' in os.environ, os.environ['OF_TEST']]"
    )
    before = os.environ["PATH"]
    url = mock.deploy(make_zip(source))
    assert [result(url), result(url)] == [[before, False, "own"], [None, False, "own"]]
    assert os.environ["PATH"] == before


def test_streamed_answers_of_deployed_code(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_TEST", "t")
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    for name in ('OF_TEST', 'OF_FUNCTION') * 2:\n"
        "        yield f'{os.environ.get(name)} '"
    )
    url = mock.deploy(make_zip(source), environment={"OF_FUNCTION": "f"}, invoke_mode="RESPONSE_STREAM")
    with requests.get(str(url), stream=True, timeout=60) as answer:
        pieces = []
        for piece in answer.iter_content(None):
            assert os.environ["OF_TEST"] == "t"
            pieces.append(piece)
    assert b"".join(pieces) == b"None f None f "
