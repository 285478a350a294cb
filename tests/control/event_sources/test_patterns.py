"""The rules of AWS's filter syntax, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from moto_lambda_urls.control.event_sources.patterns import is_pattern, matches

EVENT = {
    "name": "Gold-ring",
    "price": 20.5,
    "count": 3,
    "sold": True,
    "note": None,
    "empty": "",
    "tags": ["new", "small"],
    "shop": {"town": "Bonn"},
    "parts": [{"kind": "stone"}, {"kind": "metal"}],
}


@pytest.mark.parametrize(
    ("pattern", "is_match"),
    [
        ({}, True),
        ({"name": ["Gold-ring"]}, True),
        ({"name": ["gold-ring"]}, False),
        ({"name": ["silver", "Gold-ring"]}, True),
        ({"name": ["Gold-ring"], "count": [4]}, False),
        ({"note": [None]}, True),
        ({"empty": [None]}, False),
        ({"empty": [""]}, True),
        ({"gone": [None]}, False),
        ({"sold": [True]}, True),
        ({"sold": [1]}, False),
        ({"count": [3.0]}, True),
        ({"count": ["3"]}, False),
        ({"tags": ["small"]}, True),
        ({"tags": ["large"]}, False),
        ({"shop": {"town": ["Bonn"]}}, True),
        ({"shop": {"town": ["Ulm"]}}, False),
        ({"shop": ["Bonn"]}, False),
        ({"name": {"town": ["Bonn"]}}, False),
        ({"parts": {"kind": ["metal"]}}, True),
        ({"parts": {"kind": ["wood"]}}, False),
        ({"name": [{"prefix": "Gold"}]}, True),
        ({"name": [{"prefix": "gold"}]}, False),
        ({"name": [{"prefix": {"equals-ignore-case": "gOLD"}}]}, True),
        ({"count": [{"prefix": "3"}]}, False),
        ({"name": [{"suffix": "ring"}]}, True),
        ({"name": [{"suffix": "a longer text than the name"}]}, False),
        ({"name": [{"suffix": {"equals-ignore-case": "RING"}}]}, True),
        ({"name": [{"equals-ignore-case": "GOLD-RING"}]}, True),
        ({"count": [{"equals-ignore-case": "3"}]}, False),
        ({"name": [{"anything-but": ["silver", "lead"]}]}, True),
        ({"name": [{"anything-but": "Gold-ring"}]}, False),
        ({"name": [{"anything-but": {"prefix": "Gold"}}]}, False),
        ({"count": [{"anything-but": [3]}]}, False),
        ({"gone": [{"anything-but": ["x"]}]}, False),
        ({"price": [{"numeric": ["=", 20.5]}]}, True),
        ({"price": [{"numeric": [">", 20.5]}]}, False),
        ({"price": [{"numeric": [">=", 20.5, "<", 30]}]}, True),
        ({"price": [{"numeric": [">", 0, "<=", 20]}]}, False),
        ({"sold": [{"numeric": ["=", 1]}]}, False),
        ({"name": [{"numeric": ["=", 1]}]}, False),
        ({"note": [{"exists": True}]}, True),
        ({"shop": [{"exists": True}]}, False),
        ({"shop": {"town": [{"exists": True}]}}, True),
        ({"gone": [{"exists": True}]}, False),
        ({"gone": [{"exists": False}]}, True),
        ({"gone": {"town": [{"exists": False}]}}, True),
        ({"name": [{"exists": False}]}, False),
        ({"$or": [{"name": ["silver"]}, {"count": [3]}]}, True),
        ({"$or": [{"name": ["silver"]}, {"count": [4]}]}, False),
        ({"sold": [True], "$or": [{"count": [4]}, {"shop": {"town": ["Bonn"]}}]}, True),
    ],
    ids=str,
)
def test_rule(pattern: dict[str, Any], is_match: bool) -> None:
    assert is_pattern(pattern)
    assert matches(pattern, EVENT) is is_match


@pytest.mark.parametrize(
    "pattern",
    [
        [],
        "text",
        {"name": "Gold-ring"},
        {"name": []},
        {"name": [["Gold-ring"]]},
        {"name": [{"prefix": 1}]},
        {"name": [{"prefix": {"suffix": "a"}}]},
        {"name": [{"suffix": "a", "prefix": "b"}]},
        {"name": [{"like": "a"}]},
        {"name": [{"anything-but": []}]},
        {"name": [{"equals-ignore-case": 1}]},
        {"count": [{"numeric": [">"]}]},
        {"count": [{"numeric": ["!=", 1]}]},
        {"count": [{"numeric": [">", "1"]}]},
        {"count": [{"numeric": 1}]},
        {"count": [{"exists": "yes"}]},
        {"$or": {"name": ["a"]}},
        {"$or": [{"name": "a"}]},
        {"shop": {"town": "Bonn"}},
    ],
    ids=str,
)
def test_no_pattern(pattern: Any) -> None:
    assert not is_pattern(pattern)
