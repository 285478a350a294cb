"""What is on the disk, deployed in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

PATH = "def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}"


@pytest.fixture
def src(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    (folder / "orders").mkdir(parents=True)
    (folder / "app.py").write_text("from orders import NAME\n" + PATH.replace("event['rawPath']", "NAME"))
    (folder / "orders" / "__init__.py").write_text("NAME = 'orders'")
    return folder


def test_folder(mock: LambdaUrls, src: Path) -> None:
    url = mock.deploy(src)
    assert requests.get(url).text == "orders"
    assert url.function_name.startswith("src-")


def test_one_file(mock: LambdaUrls, tmp_path: Path) -> None:
    (tmp_path / "chat.py").write_text(PATH)
    url = mock.deploy(tmp_path / "chat.py")
    assert requests.get(f"{url}x").text == "/x"
    assert url.function_name.startswith("chat-")


def test_handler_by_name(mock: LambdaUrls, tmp_path: Path) -> None:
    (tmp_path / "chat.py").write_text(PATH.replace("handler", "answer"))
    assert requests.get(mock.deploy(tmp_path / "chat.py", handler_name="chat.answer")).text == "/"


def test_zip_on_the_disk(mock: LambdaUrls, tmp_path: Path) -> None:
    (tmp_path / "function.zip").write_bytes(make_zip(PATH))
    assert requests.get(mock.deploy(tmp_path / "function.zip")).text == "/"


def test_exclude(mock: LambdaUrls, src: Path) -> None:
    url = mock.deploy(src, exclude=["orders/"])
    assert requests.get(url).status_code == 502


@pytest.mark.parametrize("options", [{"exclude": ["x"]}, {"requirements": ["six"]}])
def test_options_of_folders_only(mock: LambdaUrls, options: Any) -> None:
    with pytest.raises(ValueError, match=r"^exclude= and requirements= belong to a folder or a \.py file, and handler"):
        mock.deploy("package.handler", **options)


def test_path_as_a_str(mock: LambdaUrls, src: Path) -> None:
    with pytest.raises(ValueError, match=re.escape("give the path of a folder, a .py file or a zip as a pathlib.Path")):
        mock.deploy(str(src))


def test_working_directory(mock: LambdaUrls, src: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(src)
    assert mock.deploy(Path()).function_name.startswith(f"{src.name}-")


def test_something_else(mock: LambdaUrls, tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("export default 1")
    with pytest.raises(ValueError, match=r"/app\.js' is a file \.js: give a folder, a \.py file or a zip$"):
        mock.deploy(tmp_path / "app.js")


@pytest.mark.in_process
def test_requirements_in_both_places(mock: LambdaUrls, tmp_path: Path, wheels: Path) -> None:
    code = "import leaf\ndef handler(event, context): return leaf.NAME"
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    other = mock.deploy(tmp_path / "app.py", requirements=["leaf==1.0"])
    here = mock.deploy(tmp_path / "app.py", requirements=["leaf==1.0"], process=False)
    assert [requests.get(url).text for url in (other, here)] == ["leaf", "leaf"]
    assert str(other.last.placement) == "in a process of its own: it bundles leaf 1.0, which this environment lacks"
    assert here.last.placement is not None
    assert here.last.placement.place == "here"


@pytest.mark.in_process
def test_requirements_of_pypi(mock: LambdaUrls, tmp_path: Path) -> None:
    code = "import cowsay\ndef handler(event, context): return cowsay.get_output_string('cow', 'moo')"
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("cowsay==6.1\n", encoding="utf-8")
    try:
        url = mock.deploy(tmp_path / "app.py", requirements="requirements.txt", timeout=20)
    except ValueError as error:
        pytest.skip(f"PyPI is not reachable: {error}")
    assert "| moo |" in requests.get(url).text
    assert str(url.last.placement).endswith("it bundles cowsay 6.1, which this environment lacks")


@pytest.mark.in_process
def test_alias_of_a_function_that_was_pending(src: Path) -> None:
    with mock_lambda_urls(function_states="pending") as urls:
        urls.deploy(src, name="orders", alias="live")
        alias = urls.client("lambda").get_alias(FunctionName="orders", Name="live")
        assert alias["FunctionVersion"] == "1"
