"""What a failed test's output shows of many refusals, of threads and of hostile requests, with pytest-xdist."""

from __future__ import annotations

import re

import pytest
from support.pytest_runs import run_pytest

pytestmark = pytest.mark.in_process

MANY = r"""
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from botocore.credentials import Credentials

pytestmark = pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")


def echo(event, context):
    if event["rawPath"] == "/raise":
        raise ValueError("\x1b[31mred\x07 über \ud800 €")
    return "ok"


def test_fifty_refusals(lambda_urls):
    url = lambda_urls.deploy(echo, name="orders", auth_type="AWS_IAM")
    for number in range(50):
        assert requests.get(f"{url}{number}", auth=url.auth(Credentials("FOOBARKEY", "x"))).status_code == 403
    for _ in range(20):
        requests.get(url, auth=url.auth())
    assert 0


def test_threads(lambda_urls):
    url = lambda_urls.deploy(echo, name="orders", grant=False)
    with ThreadPoolExecutor(8) as pool:
        assert {each.status_code for each in pool.map(requests.get, [url] * 40)} == {403}
    assert 0


def test_hostile(lambda_urls):
    url = lambda_urls.deploy(echo, name="orders", auth_type="AWS_IAM")
    credential = "AWS4-HMAC-SHA256 Credential=AK\x9b31m" + "A" * 30_000 + "/20200101/us-east-1/lambda/aws4_request, "
    names = ";".join(f"a{number:05}" for number in range(9_000))
    for signed in (names, "host;x-amz-date"):
        authorization = f"{credential}SignedHeaders={signed}, Signature=x"
        requests.get(url, headers={"Authorization": authorization, "X-Amz-Date": "20200101T000000Z"})
    requests.get(f"{url}%1b[31m/\x1b[32m/über?X-Amz-Security%2DToken=hidden-token&x=\x1b[33m")
    requests.get(f"{url}raise", auth=url.auth())
    assert 0
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("many")
    (folder / "test_many.py").write_text(MANY, encoding="utf-8")
    return run_pytest(folder, "--tb=short", "-n", "2", in_ci=True)


def section_of(output: str, name: str) -> str:
    after = output.partition(f"_ {name} _")[2].partition("\n")[2]
    return re.split(r"^_+ \w+ _+$|^=+ .* =+$", after, flags=re.MULTILINE)[0]


def listed(output: str, name: str) -> list[str]:
    return section_of(output, name).partition("- function URL requests -")[2].splitlines()[1:]


def test_many_refusals_have_a_bounded_report(output: str) -> None:
    lines = listed(output, "test_fifty_refusals")
    assert lines[0] == "... 60 earlier, 50 of them refused or failed; the newest of these:"
    assert lines[1].startswith("GET /49 -> 403 refused: ")
    assert lines[-10:] == ["GET / -> 200"] * 10
    assert len(lines) < 40


def test_refusals_in_threads(output: str) -> None:
    lines = listed(output, "test_threads")
    assert sum(line.startswith("GET / -> 403 refused: ") for line in lines) == 11
    assert lines.count("    as above") == 10


def test_hostile_requests_do_not_steer_the_terminal(output: str) -> None:
    shown = section_of(output, "test_hostile")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    assert "hidden-token" not in shown
    lines = listed(output, "test_hostile")
    assert max(map(len, lines)) <= len("    ") + 1_000
    assert any(line.startswith(r"GET /raise -> 502 ValueError: \x1b[31mred\x07 ") for line in lines)
