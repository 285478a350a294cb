from __future__ import annotations

import dataclasses
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import make_request
from support.cors import CORS, ORIGIN

from moto_lambda_urls.control.cors import CorsConfig
from moto_lambda_urls.gateway.cors import add_headers, add_unknown_host_headers, preflight
from moto_lambda_urls.messages import Headers, Request, Response
from moto_lambda_urls.messages.cors import Cors

pytestmark = pytest.mark.in_process

PLAIN = (("Content-Type", "application/json"), ("Vary", "Origin"))


def config_of(**cors: Any) -> CorsConfig:
    return CorsConfig.from_api(cast(Cors, cors))


def ask(
    *, origin: str | None = ORIGIN, method: str | None = "GET", headers: str | None = None, http_method: str = "OPTIONS"
) -> Request:
    lines = {"Origin": origin, "Access-Control-Request-Method": method, "access-control-request-headers": headers}
    sent = tuple((name, value) for name, value in lines.items() if value is not None)
    return make_request(method=http_method, headers=sent)


@pytest.mark.parametrize(
    "cors",
    [
        {},
        CORS,
        {"AllowCredentials": False, "MaxAge": 0},
        {"AllowHeaders": [], "AllowMethods": [], "AllowOrigins": [], "ExposeHeaders": []},
        {"AllowOrigins": ["*"]},
        {"AllowMethods": ["FOO", "get"]},
    ],
)
def test_what_was_sent_is_echoed(cors: Any) -> None:
    assert CorsConfig.from_api(cors).to_api() == cors


def test_a_configuration_is_a_value() -> None:
    config = config_of(**CORS)
    assert config == config_of(**CORS)
    assert hash(config) == hash(config_of(**CORS))
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.max_age = 1  # type: ignore[misc]  # it is refused at run time too
    config.to_api()["AllowOrigins"].append("*")
    assert config.to_api() == CORS


def test_a_preflight() -> None:
    answer = preflight(config_of(**CORS), ask(method="PUT", headers="x-token, CONTENT-TYPE"))
    assert answer == Response(
        status=200,
        headers=(
            *PLAIN,
            ("Access-Control-Allow-Origin", ORIGIN),
            ("Access-Control-Allow-Headers", "X-Token,content-type"),
            ("Access-Control-Allow-Methods", "GET,PUT"),
            ("Access-Control-Max-Age", "600"),
            ("Access-Control-Allow-Credentials", "true"),
        ),
    )


def test_names_that_no_header_line_can_hold() -> None:
    names = ["x-a", "жук", "a\rb", "a\x00b", "a\u2028", "", "x-é"]
    config = config_of(AllowOrigins=["*"], AllowMethods=["*", "Ж"], AllowHeaders=names, ExposeHeaders=names)

    answer = preflight(config, ask())
    assert answer is not None
    assert answer.header("access-control-allow-headers") == "x-a,x-é"
    assert answer.header("access-control-allow-methods") == "*"
    assert add_headers(config, ask(), Response(status=200)).header("access-control-expose-headers") == "x-a,x-é"
    assert config.to_api()["AllowHeaders"] == names


def test_a_preflight_of_the_smallest_configuration() -> None:
    answer = preflight(config_of(AllowOrigins=["*"], AllowMethods=["*"]), ask())
    assert answer == Response(
        status=200,
        headers=(*PLAIN, ("Access-Control-Allow-Origin", ORIGIN), ("Access-Control-Allow-Methods", "*")),
    )


def test_stars_allow_all_and_credentials_reflect() -> None:
    config = config_of(AllowOrigins=["*"], AllowMethods=["*"], AllowHeaders=["*"], AllowCredentials=True, MaxAge=0)
    answer = preflight(config, ask(origin="null", method="PATCH", headers="x-a,x-b"))
    assert answer == Response(
        status=200,
        headers=(
            *PLAIN,
            ("Access-Control-Allow-Origin", "null"),
            ("Access-Control-Allow-Headers", "*"),
            ("Access-Control-Allow-Methods", "*"),
            ("Access-Control-Max-Age", "0"),
            ("Access-Control-Allow-Credentials", "true"),
        ),
    )


@pytest.mark.parametrize(
    "request_",
    [
        ask(origin="https://other.example"),
        ask(origin="https://APP.example"),
        ask(origin="https://app.example:444"),
        ask(origin="https://sub.app.example"),
        ask(origin=""),
        ask(origin=f"{ORIGIN}\r\nX-Injected: 1"),
        ask(method="DELETE"),
        ask(method="get"),
        ask(headers="x-token,x-other"),
    ],
)
def test_a_preflight_for_what_is_not_allowed(request_: Any) -> None:
    assert preflight(config_of(**CORS), request_) == Response(status=200, headers=PLAIN)


@pytest.mark.parametrize("missing", ["AllowOrigins", "AllowMethods", "AllowHeaders"])
@pytest.mark.parametrize("empty", [True, False])
def test_a_list_that_is_empty_or_missing_allows_nothing(missing: str, empty: bool) -> None:
    cors = {name: value for name, value in CORS.items() if name != missing} | ({missing: []} if empty else {})
    assert preflight(config_of(**cors), ask(headers="x-token")) == Response(status=200, headers=PLAIN)


def test_there_are_no_subdomain_wildcards() -> None:
    config = config_of(AllowOrigins=["https://*.example"], AllowMethods=["*"])
    assert preflight(config, ask()) == Response(status=200, headers=PLAIN)


@pytest.mark.parametrize(
    "request_", [ask(origin=None), ask(method=None), ask(http_method="GET"), ask(http_method="options"), make_request()]
)
def test_what_is_no_preflight(request_: Any) -> None:
    assert preflight(config_of(**CORS), request_) is None


def test_without_cors_nothing_is_a_preflight_and_nothing_is_added() -> None:
    response = Response(status=200, headers=(("X", "1"),), body=b"body")
    assert preflight(None, ask()) is None
    assert add_headers(None, ask(), response) is response


def test_added_lines() -> None:
    response = Response(status=502, headers=(("X", "1"),), body=b"body")
    assert add_headers(config_of(**CORS), ask(http_method="POST"), response) == Response(
        status=502,
        headers=(
            ("X", "1"),
            ("Access-Control-Allow-Origin", ORIGIN),
            ("Vary", "Origin"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "X-Total,date"),
        ),
        body=b"body",
    )


def test_a_star_reflects_the_origin() -> None:
    added = add_headers(config_of(AllowOrigins=["*"], AllowCredentials=False), ask(), Response(status=200))
    assert added.headers == (("Access-Control-Allow-Origin", ORIGIN), ("Vary", "Origin"))


@pytest.mark.parametrize("origin", ["", "a\r\nX-Injected: 1", "a\n", "\x00", "\x7f", "中"])
def test_a_star_allows_no_origin_that_is_no_header_line(origin: str) -> None:
    config = config_of(AllowOrigins=["*"], AllowMethods=["*"])
    assert preflight(config, ask(origin=origin)) == Response(status=200, headers=PLAIN)
    assert add_headers(config, ask(origin=origin), Response(status=200)) == Response(status=200)


def test_the_functions_own_lines_stay() -> None:
    own: Headers = (("access-control-allow-origin", "*"), ("vary", "Accept"))
    added = add_headers(config_of(AllowOrigins=[ORIGIN]), ask(), Response(status=200, headers=own))
    assert added.headers == (*own, ("Access-Control-Allow-Origin", ORIGIN), ("Vary", "Origin"))


@pytest.mark.parametrize("request_", [ask(origin=None), ask(origin="https://other.example"), make_request()])
def test_nothing_is_added_for_other_origins(request_: Any) -> None:
    response = Response(status=200)
    assert add_headers(config_of(**CORS), request_, response) is response


def test_an_unknown_host() -> None:
    refused = Response(status=403, headers=(("X", "1"),))
    assert add_unknown_host_headers(make_request(), refused) is refused
    assert add_unknown_host_headers(ask(), refused).headers == (
        ("X", "1"),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
    )


texts = st.lists(st.sampled_from(["*", "GET", "a", "A", "x-a", ORIGIN]) | st.text(), max_size=3)
configs = st.fixed_dictionaries(
    {},
    optional={
        "AllowCredentials": st.booleans(),
        "AllowHeaders": texts,
        "AllowMethods": texts,
        "AllowOrigins": texts,
        "ExposeHeaders": texts,
        "MaxAge": st.integers(0, 86_400),
    },
)


@given(configs, texts, texts, texts)
def test_any_preflight_gets_all_or_nothing(cors: Any, origins: Any, methods: Any, headers: Any) -> None:
    config = CorsConfig.from_api(cors)
    assert config.to_api() == cors
    answer = preflight(config, ask(origin="".join(origins), method="".join(methods), headers=",".join(headers)))
    assert answer is not None
    names = {name for name, _ in answer.headers}
    assert (answer.status, answer.body, answer.headers[:2]) == (200, b"", PLAIN)
    if names == {"Content-Type", "Vary"}:
        return
    assert not {"*", "".join(origins)}.isdisjoint(cors["AllowOrigins"])
    assert not {"*", "".join(methods)}.isdisjoint(cors["AllowMethods"])
