"""Managed runtimes: those that Lambda accepts, those that it refuses by now, and their order in its messages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from botocore.model import StringShape

from ...messages.service_model import service_model

# Past their "block function create", on whichever day a test runs:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated,
# https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html for those that ended before 2020. The days of
# nodejs10.x, python2.7 and 3.6, ruby2.5 and 2.7 are unconfirmed.
REFUSED = frozenset(
    {
        "nodejs",
        "nodejs4.3",
        "nodejs4.3-edge",
        "dotnetcore2.0",
        "nodejs6.10",
        "dotnetcore1.0",
        "nodejs8.10",
        "python2.7",
        "nodejs10.x",
        "ruby2.5",
        "dotnetcore2.1",
        "python3.6",
        "nodejs12.x",
        "dotnetcore3.1",
        "nodejs14.x",
        "python3.7",
        "ruby2.7",
        "go1.x",
        "java8",
        "provided",
    }
)
"""Runtimes that cannot be given to a function any more."""


def known_runtimes() -> list[str]:
    """All runtimes of the service model."""
    shape = service_model().shape_for("Runtime")
    assert isinstance(shape, StringShape)
    return list(shape.enum)


@lru_cache
def listed_runtimes() -> str:
    """The runtimes that a function can be given, as AWS's messages about another one list them."""
    return f"[{', '.join(in_order_of_a_hash_set(each for each in known_runtimes() if each not in REFUSED))}]"


def in_order_of_a_hash_set(texts: Iterable[str]) -> list[str]:
    """``texts`` as Java's HashSet iterates over them when they are added in this order.

    AWS's messages list runtimes so: each list that was recorded (2023: 22 runtimes, 2024: 17) is in the order of the
    buckets, and what shares a bucket in the order of the model's languages.
    """
    added = list(texts)
    buckets = 16
    while len(added) > buckets * 0.75:
        buckets *= 2
    return sorted(added, key=lambda text: _spread(_java_hash(text)) % buckets)


def _java_hash(text: str) -> int:
    """String.hashCode, unsigned."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) % 2**32
    return value


def _spread(value: int) -> int:
    """HashMap.hash."""
    return value ^ (value >> 16)
