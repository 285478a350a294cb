"""The scenario lists of the tests as probes, and probes of the event."""

from __future__ import annotations

import json
from functools import partial

from support.builders import HOST
from support.scenarios import SCENARIOS, Failure, Scenario

from ..place import Pairs, Place, package_of
from .asking import PROBES, Probe, probe

_OF_CONNECTION = "the connection's: no two places have the same"
_TEXT = ("Content-Type", "text/plain")


def _scenario(scenario: Scenario, place: Place) -> None:
    """The function's response to the scenario's request, then the event that the request became."""
    result = None if isinstance(scenario.result, Failure) else scenario.result
    package = {
        "result.json": json.dumps(result),
        "app.py": "import json\n"
        "with open(__file__.replace('app.py', 'result.json')) as file: RESULT = json.load(file)\n"
        "def answers(event, context):\n"
        "    if RESULT is None: raise LookupError('no')\n"
        "    return RESULT\n"
        "def echoes(event, context): return event\n",
    }
    headers: Pairs = scenario.headers
    target = scenario.raw_path + (f"?{scenario.raw_query}" if scenario.raw_query else "")
    for handler in ("answers", "echoes"):
        url = place.url(place.function(package_of(package), Handler=f"app.{handler}"))
        place.ask(url, scenario.method, target, headers=headers, body=scenario.body, chunks=scenario.chunks)


for _each in SCENARIOS:
    if _each.host == HOST:
        _name = f"scenario {_each.name}"
        PROBES[_name] = Probe(name=_name, ask=partial(_scenario, _each))


@probe(decided=_OF_CONNECTION)
def connection(place: Place) -> None:
    url = place.url(place.function("def handler(event, context): return event['headers']\n"))
    place.ask(url)


@probe(
    'several `cookie` lines joined by `; `; hop-by-hop headers besides `connection` removed; `userAgent` `""` when '
    "there is none"
)
def lines_of_the_event(place: Place) -> None:
    url = place.url(place.function())
    place.ask(url, headers=[("Cookie", "a=1"), ("Cookie", "b=2; c=3")], case="two cookie lines")
    hops = [("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("TE", "trailers"), ("X-Kept", "1")]
    place.ask(url, headers=hops, case="hop-by-hop headers")


@probe("bytes that are no UTF-8 are base64 under a text type too")
def bytes_under_a_text_type(place: Place) -> None:
    url = place.url(place.function())
    place.ask(url, "POST", headers=[_TEXT], body=b"\xff\xfe caf\xe9", case="no UTF-8")
    place.ask(url, "POST", headers=[_TEXT], body="café".encode(), case="UTF-8")


@probe("6,291,456 bytes measured over the event as compact JSON")
def size_of_the_event(place: Place) -> None:
    url = place.url(place.function("def handler(event, context): return len(event['body'])\n"))
    for size in (6_280_000, 6_291_000, 6_291_456, 6_292_000):
        place.ask(url, "POST", headers=[_TEXT], body=b"x" * size, only_status=True, case=f"{size} bytes of text")
    quotes = b'"' * 3_200_000
    place.ask(url, "POST", headers=[_TEXT], body=quotes, only_status=True, case="3,200,000 quotes, escaped in JSON")
    binary = [("Content-Type", "application/octet-stream")]
    for size in (4_700_000, 4_719_000):
        body = b"\xff" * size
        place.ask(url, "POST", headers=binary, body=body, only_status=True, case=f"{size} bytes, binary")
