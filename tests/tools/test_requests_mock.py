"""requests-mock refuses addresses that it was not told of, through requests: ``real_http`` lets them through."""

from __future__ import annotations

import requests
import requests_mock
from support.beside import Beside


def test_requests_mock(beside: Beside) -> None:
    theirs = requests_mock.Mocker(real_http=True)
    with beside(lambda: theirs):
        theirs.get("https://api.example.com/", text="theirs")
        assert requests.get("https://api.example.com/").text == "theirs"
