from __future__ import annotations

import os
from typing import Any

import pytest
import requests

from moto_lambda_urls.server.proxy import running_proxy

pytestmark = pytest.mark.in_process


@pytest.mark.parametrize("before", [{}, {"MOTO_PORT": "5000", "TEST_PROXY_MODE": "false"}])
def test_variables_of_the_proxy_last_as_long_as_it(monkeypatch: pytest.MonkeyPatch, before: dict[str, Any]) -> None:
    for name in ("MOTO_PORT", "TEST_PROXY_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    with running_proxy(host="127.0.0.1", port=0, authorization="standard") as url:
        port = before.get("MOTO_PORT", url.rpartition(":")[2])
        assert dict(os.environ) == {**environment, "MOTO_PORT": port, "TEST_PROXY_MODE": "true"}
        unknown = "http://abcdefghij.lambda-url.us-east-1.on.aws/"
        assert requests.get(unknown, proxies={"http": url}).json() == {"Message": None}
    assert dict(os.environ) == environment
