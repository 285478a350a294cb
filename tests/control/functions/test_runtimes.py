"""The order in which AWS's messages list runtimes."""

from __future__ import annotations

import pytest

from moto_lambda_urls.control.functions.runtimes import REFUSED, in_order_of_a_hash_set, known_runtimes, listed_runtimes

# As AWS's messages of November 2023 and of March 2024 were recorded.
RECORDED = [
    (
        "nodejs20.x provided.al2023 python3.12 java17 provided nodejs16.x nodejs14.x ruby2.7 python3.10 java11 "
        "python3.11 dotnet6 go1.x java21 nodejs18.x provided.al2 java8 java8.al2 ruby3.2 python3.7 python3.8 python3.9"
    ),
    (
        "nodejs20.x provided.al2023 python3.12 java17 nodejs16.x dotnet8 python3.10 java11 python3.11 dotnet6 java21 "
        "nodejs18.x provided.al2 java8.al2 ruby3.2 python3.8 python3.9"
    ),
]
LANGUAGES = ("nodejs", "java", "python", "dotnet", "go", "ruby", "provided")


def by_language(runtime: str) -> int:
    return next(number for number, language in enumerate(LANGUAGES) if runtime.startswith(language))


@pytest.mark.parametrize("recorded", RECORDED, ids=["2023", "2024"])
def test_recorded_lists(recorded: str) -> None:
    listed = recorded.split()
    assert in_order_of_a_hash_set(sorted(listed, key=by_language)) == listed


@pytest.mark.parametrize(("count", "buckets"), [(12, 16), (13, 32), (24, 32), (25, 64)])
def test_as_many_buckets_as_java_makes(count: int, buckets: int) -> None:
    letters = [chr(code) for code in range(ord("a"), ord("a") + count)]
    assert in_order_of_a_hash_set(letters) == sorted(letters, key=lambda letter: ord(letter) % buckets)


def test_those_of_today() -> None:
    listed = listed_runtimes().strip("[]").split(", ")
    assert sorted(listed) == sorted(set(known_runtimes()) - REFUSED)
    first = ["nodejs20.x", "python3.14"]  # so begins the newest list that was recorded
    assert [each for each in listed if each in first] == first
