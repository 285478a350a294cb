"""Where a function runs, and what it finds there: in this process or in one of its own."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pydantic
import pytest
import requests
from moto.awslambda.utils import get_backend
from support.builders import make_zip
from support.processes import children, needs_node, package_of

from moto_lambda_urls import FunctionUrl, LambdaUrls, LambdaUrlsServer, mock_lambda_urls
from moto_lambda_urls.invocations.placement import placement_of
from moto_lambda_urls.state.record import Placement

pytestmark = pytest.mark.in_process

PID = "import os\ndef handler(event, context): return {'statusCode': 200, 'body': str(os.getpid())}"
CALLER = (
    "import boto3\n"
    "def handler(event, context):\n"
    "    boto3.client('s3').put_object(Bucket='box', Key='k', Body=b'from a process')\n"
    "    return boto3.client('sts').get_caller_identity()['Arn']"
)
NODE = "exports.handler = async (event) => ({statusCode: 201, body: `${event.rawPath} on Node.js`});"
HERE = str(os.getpid())


def with_distribution(version: str, name: str = "pydantic") -> bytes:
    """A package with a pure-Python distribution of its own, which answers that version."""
    handler = f"def handler(event, context): return {{'statusCode': 200, 'body': {name}.VERSION}}"
    return make_zip(
        {
            "app.py": f"import {name}\n{handler}",
            f"{name}/__init__.py": f"VERSION = {version!r}",
            f"{name}-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        }
    )


def placement(urls: LambdaUrls) -> Placement:
    """Of the newest invocation."""
    found = urls.invocations.last.placement
    assert found is not None
    return found


def imported(_event: Any, _context: Any) -> dict[str, Any]:
    return {"statusCode": 200, "body": str(os.getpid())}


def test_a_package_without_distributions_stays_here(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "moto_lambda_urls")
    url = mock.deploy(make_zip(PID), name="orders")
    assert [requests.get(str(url)).text for _ in range(2)] == [HERE] * 2
    assert placement(mock) == Placement("here", "it bundles nothing that differs from here")
    said = [each.getMessage() for each in caplog.records if "runs in" in each.getMessage()]
    assert said == ["Function orders runs in this process: it bundles nothing that differs from here"]


def test_two_versions_of_a_distribution_side_by_side(mock: LambdaUrls) -> None:
    old, older = (mock.deploy(with_distribution(version)) for version in ("1.10.0", "1.9.0"))
    assert [requests.get(str(url)).text for url in (old, older, old)] == ["1.10.0", "1.9.0", "1.10.0"]
    assert str(placement(mock)) == (
        f"in a process of its own: it bundles pydantic 1.10.0, here it is {pydantic.VERSION}"
    )


def test_a_distribution_that_is_not_here(mock: LambdaUrls) -> None:
    assert requests.get(str(mock.deploy(with_distribution("1.0", "absent_here")))).text == "1.0"
    assert placement(mock).reason == "it bundles absent-here 1.0, which this environment lacks"


BY_NAME = """
import importlib.metadata, pickle, pkgutil
from shop.orders import Order

def handler(event, context):
    (entry,) = importlib.metadata.entry_points(group="shop.prices")
    restored = pickle.loads(pickle.dumps(Order(7)))
    foreign = pickle.loads(b"cshop.orders\\nOrder\\n(I8\\ntR.")
    text = pkgutil.get_data("shop", "prices.txt").decode()
    named = pkgutil.resolve_name("shop.orders:Order")
    return [type(restored) is Order, foreign.number, entry.load()(3), text, named is Order]
"""


def test_what_finds_modules_of_a_bundled_distribution_by_name(mock: LambdaUrls) -> None:
    package = make_zip(
        {
            "app.py": BY_NAME,
            "shop/__init__.py": "",
            "shop/orders.py": "from dataclasses import dataclass\n@dataclass\nclass Order: number: int\n"
            "def price(n): return n * 2",
            "shop/prices.txt": "3 EUR",
            "shop-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n",
            "shop-1.0.dist-info/entry_points.txt": "[shop.prices]\ndouble = shop.orders:price\n",
        }
    )
    assert requests.get(str(mock.deploy(package))).json() == [True, 8, 6, "3 EUR", True]
    assert placement(mock).place == "process"


def test_a_distribution_that_is_here_in_the_same_version(mock: LambdaUrls) -> None:
    requests.get(str(mock.deploy(with_distribution(pydantic.VERSION))))
    assert placement(mock).place == "here"


@pytest.mark.parametrize("where", ["package", "layer"])
def test_a_c_extension_of_a_package_s_own(mock: LambdaUrls, where: str) -> None:
    fast: dict[str, str | bytes] = {"python/fast/_speed.so": b""} if where == "layer" else {"fast/_speed.so": b""}
    client = mock.client("lambda")
    url = mock.deploy(make_zip({"app.py": PID, **(fast if where == "package" else {})}), name="f")
    if where == "layer":
        layer = client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip(fast)})
        client.update_function_configuration(FunctionName="f", Layers=[layer["LayerVersionArn"]])
    assert requests.get(str(url)).text != HERE
    assert placement(mock) == Placement("process", f"it bundles the C extension {next(iter(fast))}")


def test_a_wrapper_has_a_process_to_execute(mock: LambdaUrls) -> None:
    code = "import os\ndef handler(event, context): return os.environ.get('WRAPPED', 'no')"
    package = package_of({"app.py": code, "wrap": '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n'}, ("wrap",))
    url = mock.deploy(package, name="f")
    assert requests.get(str(url)).text == "no"
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrap"}
    mock.client("lambda").update_function_configuration(FunctionName="f", Environment={"Variables": variables})
    assert requests.get(str(url)).text == "yes"
    assert placement(mock) == Placement("process", "it has AWS_LAMBDA_EXEC_WRAPPER")


@pytest.mark.parametrize("mode", ["auto", "always"])
def test_callables_and_imported_handlers_stay_here(mode: Any) -> None:
    with mock_lambda_urls(processes=mode) as urls:
        for handler in (imported, f"{__name__}:imported"):
            assert requests.get(str(urls.deploy(handler))).text == HERE
            assert placement(urls).place == "here"


def test_always() -> None:
    with mock_lambda_urls(processes="always") as urls:
        url = urls.deploy(make_zip(PID))
        first = requests.get(str(url)).text
        assert first != HERE
        assert requests.get(str(url)).text == first
        assert placement(urls) == Placement("process", 'processes="always"')
        assert requests.get(str(urls.deploy(make_zip(PID), process=False))).text == HERE
        assert int(first) in children()
    assert int(first) not in children()


def test_never(caplog: pytest.LogCaptureFixture) -> None:
    with mock_lambda_urls(processes="never") as urls:
        assert requests.get(str(urls.deploy(with_distribution("1.10.0")))).text == pydantic.VERSION
        assert placement(urls) == Placement("here", 'processes="never"')
    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert warnings == [f"pydantic: the package bundles 1.10.0, this environment's {pydantic.VERSION} is used"]


def test_one_function_in_a_process(mock: LambdaUrls, tmp_path: Path) -> None:
    package = tmp_path / "orders.zip"
    package.write_bytes(make_zip(PID))
    url = mock.deploy(package, process=True, alias="live")
    assert requests.get(str(url)).text != HERE
    assert placement(mock) == Placement("process", "process=True")
    for handler in (imported, "json.loads"):
        with pytest.raises(ValueError, match="process=True needs a package"):
            mock.deploy(handler, process=True)


def invoked(urls: LambdaUrls) -> dict[str, Any]:
    """The payload that Invoke answers for the function ``f``."""
    payload: dict[str, Any] = json.load(urls.client("lambda").invoke(FunctionName="f")["Payload"])
    return payload


MISSING = {
    "absent.handler": ("Runtime.ImportModuleError", "Unable to import module 'absent': No module named 'absent'"),
    "a/b.handler": ("Runtime.ImportModuleError", "Unable to import module 'a/b': No module named 'a'"),
    "../app.handler": ("TypeError", "the 'package' argument is required to perform a relative import for '...app'"),
    "..app.handler": ("TypeError", "the 'package' argument is required to perform a relative import for '..app'"),
    "/app.handler": ("TypeError", "the 'package' argument is required to perform a relative import for '.app'"),
    ".handler": ("ValueError", "Empty module name"),
    "app": ("Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
    "sys.handler": ("Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("process", [True, False])
def test_handler_that_is_nowhere(mock: LambdaUrls, name: str, process: bool) -> None:
    """awslambdaric raises these (`test_awslambdaric.py`), wherever the function runs."""
    mock.deploy(make_zip(PID), name="f", handler_name=name, process=process)
    body = invoked(mock)
    assert (body["errorType"], body["errorMessage"]) == MISSING[name]
    assert placement(mock) == Placement("process" if process else "here", f"process={process}")
    if process:
        files = re.findall(r'File "([^"]+)"', "".join(body["stackTrace"]))
        assert all(file.startswith(("/var/lang/lib/python3.", "<frozen ")) for file in files)


def test_always_a_process_for_a_handler_that_is_nowhere() -> None:
    with mock_lambda_urls(processes="always") as urls:
        urls.deploy(make_zip(PID), name="f", handler_name="absent.handler")
        assert invoked(urls)["errorType"] == "Runtime.ImportModuleError"
        assert placement(urls) == Placement("process", 'processes="always"')


@pytest.mark.parametrize("wish", [{"process": True}, {}], ids=["process=True", "always"])
def test_handler_that_only_python_here_has(wish: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "moto_lambda_urls")
    with mock_lambda_urls(processes="auto" if wish else "always") as urls:
        url = urls.deploy(make_zip("x = 1"), name="f", handler_name=f"{__name__}.imported", **wish)
        assert requests.get(str(url)).text == HERE
        wished = "process=True" if wish else 'processes="always"'
        reason = f"{wished}, but neither its package nor a layer holds its handler, which is imported here"
        assert placement(urls) == Placement("here", reason)
    said = [(each.levelname, each.getMessage()) for each in caplog.records if "runs in" in each.getMessage()]
    assert said == [("WARNING" if wish else "INFO", f"Function f runs in this process: {reason}")]


def test_package_that_cannot_be_read(mock: LambdaUrls) -> None:
    mock.deploy(make_zip(PID), name="f", process=True)
    function = get_backend("123456789012", "us-east-1").get_function("f")
    assert placement_of(function) == Placement("process", "process=True")
    function.code_bytes, function.code_sha_256 = b"PK\x03\x04 and no more", "other"
    assert placement_of(function) == Placement("here", "process=True, but its package or a layer cannot be read")


def deploy_node(urls: LambdaUrls, **options: Any) -> FunctionUrl:
    """A function of Node.js with a public URL."""
    url = urls.deploy(make_zip({"app.js": NODE}), name="node", timeout=20, **options)
    urls.client("lambda").update_function_configuration(FunctionName="node", Runtime="nodejs22.x")
    return url


@pytest.mark.parametrize("mode", ["BUFFERED", "RESPONSE_STREAM"])
def test_node(mock: LambdaUrls, mode: Any) -> None:
    needs_node()
    answer = requests.get(f"{deploy_node(mock, invoke_mode=mode)}a/b")
    assert "/a/b on Node.js" in answer.text
    assert placement(mock) == Placement("process", "its runtime is nodejs22.x")


@pytest.mark.parametrize("ending", ["", "await new Promise((done) => setTimeout(done, 200));"])
def test_content_type_of_a_node_stream(mock: LambdaUrls, tmp_path: Path, ending: str) -> None:
    needs_node()
    (tmp_path / "app.mjs").write_text(
        "export const handler = awslambda.streamifyResponse(async (event, stream) => {"
        f"stream.setContentType('text/event-stream'); stream.write('data: 1'); {ending} stream.end(); }});"
    )
    url = mock.deploy(tmp_path, runtime="nodejs22.x", handler_name="app.handler", invoke_mode="RESPONSE_STREAM")
    answer = requests.get(str(url))
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "text/event-stream", "data: 1")


def test_new_code_runs_in_a_new_process() -> None:
    with mock_lambda_urls(processes="always") as urls:
        url = urls.deploy(make_zip(PID), name="orders")
        assert requests.get(str(url)).status_code == 200
        source = "def handler(event, context): return {'statusCode': 200, 'body': 'new'}"
        urls.client("lambda").update_function_code(FunctionName="orders", ZipFile=make_zip(source))
        assert requests.get(str(url)).text == "new"


def test_killed_in_mid_call() -> None:
    with mock_lambda_urls(processes="always") as urls:
        source = (
            "import os, time\n"
            "def handler(event, context):\n"
            "    if event['rawPath'] == '/slow':\n"
            "        time.sleep(30)\n"
            "    return {'statusCode': 200, 'body': str(os.getpid())}"
        )
        url = urls.deploy(make_zip(source), timeout=60)
        first = int(requests.get(str(url)).text)
        threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
        began = time.monotonic()
        assert requests.get(f"{url}slow").status_code == 502
        assert time.monotonic() - began < 20
        error = urls.invocations.last.error
        assert error is not None
        assert error.type == "Runtime.ExitError"
        assert int(requests.get(str(url)).text) != first


def test_a_process_reaches_the_mock_as_its_role() -> None:
    with mock_lambda_urls(processes="always") as urls:
        urls.client("s3").create_bucket(Bucket="box")
        urls.deploy(make_zip(CALLER), name="orders", timeout=30)
        answer = urls.client("lambda").invoke(FunctionName="orders")
        arn = json.load(answer["Payload"])
        assert arn == "arn:aws:sts::123456789012:assumed-role/moto-lambda-urls/orders"
        assert urls.client("s3").get_object(Bucket="box", Key="k")["Body"].read() == b"from a process"
        assert "moto-lambda-urls-connection" in " ".join(each.name for each in threading.enumerate())


ASKS = """
import boto3, json, os, urllib.request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

def handler(event, context):
    asked = boto3.client("lambda").get_function_url_config(FunctionName="inner")["FunctionUrl"]
    answers = []
    for url in (os.environ["INNER"], os.environ["BARE"] + "/orders", asked + "orders?page=2"):
        request = AWSRequest("GET", url)
        SigV4Auth(boto3.Session().get_credentials(), "lambda", os.environ["AWS_REGION"]).add_auth(request)
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(request.headers))) as answer:
            answers.append(answer.read().decode())
    return answers
"""


def test_a_process_asks_function_urls_as_its_role(mock: LambdaUrls) -> None:
    def inner(event: Any, _context: Any) -> str:
        caller = event["requestContext"]["authorizer"]["iam"]["userArn"]
        return f"{event['rawPath']} {event['rawQueryString']} {caller.rpartition(':')[2]}"

    asked = mock.deploy(inner, name="inner", auth_type="AWS_IAM")
    assert asked.url.endswith(".on.aws/")
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction*", "Resource": asked.function_arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    mock.client("iam").put_role_policy(RoleName="moto-lambda-urls", PolicyName="asks", PolicyDocument=document)
    variables = {"INNER": f"{asked}a", "BARE": asked.url.rstrip("/")}
    url = mock.deploy(make_zip(ASKS), name="outer", process=True, environment=variables, timeout=60)
    role = "assumed-role/moto-lambda-urls/outer"
    assert requests.get(str(url)).json() == [f"/a  {role}", f"/orders  {role}", f"/orders page=2 {role}"]


def test_a_process_reaches_the_server_as_its_role() -> None:
    with LambdaUrlsServer(processes="always") as server:
        server.urls.client("s3").create_bucket(Bucket="box")
        server.urls.deploy(make_zip(CALLER), name="orders", timeout=30)
        answer = server.urls.client("lambda").invoke(FunctionName="orders")
        assert json.load(answer["Payload"]).endswith(":assumed-role/moto-lambda-urls/orders")
        assert str(server.invocations.last.placement) == 'in a process of its own: processes="always"'


def test_the_end_of_a_mock_leaves_nothing_behind() -> None:
    threads, before = set(threading.enumerate()), children()
    for _ in range(2):
        with mock_lambda_urls(processes="always") as urls:
            assert requests.get(str(urls.deploy(make_zip(PID)))).status_code == 200
    assert children() <= before
    assert {each.name for each in set(threading.enumerate()) - threads} <= {"moto-lambda-urls-timeouts"}


def test_a_handler_here_calls_one_in_a_process(mock: LambdaUrls) -> None:
    mock.deploy(make_zip(PID), name="inner", process=True)

    def outer(_event: Any, _context: Any) -> Any:
        return json.load(boto3.client("lambda").invoke(FunctionName="inner")["Payload"])

    assert requests.get(str(mock.deploy(outer))).text not in ("", HERE)


def test_a_mock_that_needs_no_process_loads_and_starts_none() -> None:
    script = (
        "import io, sys, zipfile, requests\n"
        "from moto_lambda_urls import mock_lambda_urls\n"
        "packed = io.BytesIO()\n"
        "with zipfile.ZipFile(packed, 'w') as package:\n"
        "    package.writestr('app.py', 'def handler(event, context): return 7')\n"
        "with mock_lambda_urls() as urls:\n"
        "    assert requests.get(str(urls.deploy(packed.getvalue()))).text == '7'\n"
        "print([name for name in sys.modules if name.startswith(('h11', 'moto_lambda_urls.runtime.processes', "
        "'moto_lambda_urls.server'))])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=600, check=False)
    assert (ended.stdout, ended.stderr) == ("[]\n", "")


HOSTILE_HEADERS = [
    {"X-A": "b\r\nSet-Cookie: evil=1"},
    {"X-A\r\nSet-Cookie": "evil=1"},
    {"X-A": "b\n c"},
    {"": "b"},
    {"Content-Length": "7"},
    {"Transfer-Encoding": "chunked"},
    {"X-A": "\x00"},
    {"X-A": "\u20ac"},
]


@pytest.mark.parametrize("mode", ["BUFFERED", "RESPONSE_STREAM"])
@pytest.mark.parametrize("headers", HOSTILE_HEADERS, ids=repr)
def test_hostile_headers_are_answered_as_from_here(mode: Any, headers: dict[str, str]) -> None:
    answered = f"{{'statusCode': 200, 'headers': {headers!r}, 'body': 'text'}}"
    source = f"def handler(event, context): return {answered}"
    if mode == "RESPONSE_STREAM":
        source = f"def handler(event, context):\n    yield {{**{answered}, 'body': None}}\n    yield b'text'"
    seen = []
    for processes in ("never", "always"):
        with mock_lambda_urls(processes=processes) as urls:
            got = requests.get(str(urls.deploy(make_zip(source), invoke_mode=mode, timeout=20)))
            assert "evil" not in got.headers.get("set-cookie", "")
            passing = {
                name: value for name, value in got.headers.items() if not name.lower().startswith(("x-am", "date"))
            }
            seen.append((got.status_code, passing, got.content))
    assert seen[0] == seen[1]


PATHS = """
import logging, os, sys
print("import", __file__)

def handler(event, context):
    print("print", __file__)
    print("error", __file__, file=sys.stderr)
    sys.stdout.flush()
    sys.stdout.buffer.write(f"bytes {__file__}\\n".encode())
    sys.stdout.flush()
    logging.getLogger().warning("log %s", __file__)
    with open("/opt/nowhere" if event.get("opt") else os.path.join(os.path.dirname(__file__), "absent.json")):
        pass
"""


@pytest.mark.parametrize("processes", ["auto", "always"])
def test_paths_are_those_of_aws(
    processes: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What a function says of its own files is the same wherever it runs."""
    with mock_lambda_urls(processes=processes) as urls:
        assert requests.get(str(urls.deploy(make_zip(PATHS), timeout=20))).status_code == 502
        last = urls.invocations.last
    message = "[Errno 2] No such file or directory: '/var/task/absent.json'"
    assert last.error is not None
    assert (last.error.type, last.error.message) == ("FileNotFoundError", message)
    assert f"FileNotFoundError: {message}" in last.error.traceback
    assert '  File "/var/task/app.py", line 12, in handler\n' in last.error.traceback
    lines = [re.sub(r"^\[WARNING\]\t\S+\t\S+\t", "", line) for line in last.logs.splitlines()]
    said = [line for line in lines if line.endswith("/app.py")]
    assert said == [f"{how} /var/task/app.py" for how in ("import", "print", "error", "bytes", "log")]
    out, err = capfd.readouterr()
    assert [f"{how} /var/task/app.py" in out + err for how in ("import", "print", "error", "bytes")] == [True] * 4
    kept = f"{message}{last.logs}{last.error.traceback}{out}{err}"
    assert re.findall(r"\S+/task/\S*", kept.replace("/var/task/", "")) == []
