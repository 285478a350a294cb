from __future__ import annotations

from moto_lambda_urls.server.url_table import url_table


def test_columns() -> None:
    rows = [
        ("orders", "AWS_IAM", "BUFFERED", "http://127.0.0.1:1/"),
        ("a-chat", "NONE", "RESPONSE_STREAM", "http://b/"),
    ]
    assert url_table(rows).splitlines() == [
        "FUNCTION  AUTH     MODE             URL",
        "orders    AWS_IAM  BUFFERED         http://127.0.0.1:1/",
        "a-chat    NONE     RESPONSE_STREAM  http://b/",
    ]
