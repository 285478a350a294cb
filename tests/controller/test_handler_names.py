from __future__ import annotations

import re
from pathlib import Path

import pytest

from moto_lambda_urls.controller.handler_names import handler_name_in


def write(folder: Path, **modules: str) -> Path:
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("def handler(event, context): ...", "chat.handler"),
        ("def lambda_handler(event, context): ...", "chat.lambda_handler"),
        ("from mangum import Mangum\napp = 1\nhandler = Mangum(app)", "chat.handler"),
        ("try:\n    from orders import lambda_handler\nexcept ImportError:\n    raise", "chat.lambda_handler"),
        ("import orders as handler", "chat.handler"),
        ("def handler(: # on AWS, too, this is found when it is imported", "chat.handler"),
    ],
)
def test_of_one_file(tmp_path: Path, code: str, name: str) -> None:
    assert handler_name_in(write(tmp_path, chat=code) / "chat.py") == name


def test_of_the_only_module_that_has_one(tmp_path: Path) -> None:
    write(tmp_path, chat="def handler(event, context): ...", model="def other(): handler()", empty="")
    assert handler_name_in(tmp_path) == "chat.handler"


@pytest.mark.parametrize(("module", "function"), [("app", "handler"), ("lambda_function", "lambda_handler")])
def test_of_several(tmp_path: Path, module: str, function: str) -> None:
    write(tmp_path, other="handler = print", **{module: f"{function} = print"})
    assert handler_name_in(tmp_path) == f"{module}.{function}"


def test_which_of_several_is_to_be_said(tmp_path: Path) -> None:
    write(tmp_path, orders="handler = print", users="lambda_handler = print")
    message = f"'{tmp_path}' has orders.handler, users.lambda_handler: say which, as handler_name='orders.handler'"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        handler_name_in(tmp_path)


def test_of_none(tmp_path: Path) -> None:
    write(tmp_path, app="app = object()\ndef inner():\n    handler = 1")
    with pytest.raises(ValueError, match=r"has no module with a handler or lambda_handler: say handler_name='module\."):
        handler_name_in(tmp_path)
