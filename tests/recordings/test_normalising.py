"""What differs from run to run, and from day to day, becomes words; what is secret is not written."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from support.recording.normalising import Normaliser, SecretFoundError, check_no_secret
from support.recording.recorded import Recording, differences, read

NORMALISER = Normaliser({"123456789012": "<account>", "us-east-1": "<region>", "mlu-record-0a1b2c3d": "<prefix>"})
UUID = "0b0c0d0e-1111-4222-8333-444455556666"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T00:31:22.123456Z", "<time>"),
        ("2026-11-22T00:31:22.123+0000", "<time>"),
        ("20261122T003122Z", "<time>"),
        ("Sun, 22 Nov 2026 00:31:22 GMT", "<time>"),
        ("22/Nov/2026:00:31:22 +0000", "<time>"),
        ("on 2026-11-22.", "on <date>."),
        ("'20261120' != '20261121', from '20261121T235959Z'.", "'<date>' != '<date>', from '<time>'."),
        ("AKID/20261122/us-east-1/lambda/aws4_request", "AKID/<date>/<region>/lambda/aws4_request"),
        ("6291456 of 262144000 bytes, 20261122 of 12026112212", "6291456 of 262144000 bytes, <date> of 12026112212"),
        ("a20261122b 20261322 20261132", "a20261122b 20261322 20261132"),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:mlu-record-0a1b2c3d-fn",
            "arn:aws:lambda:<region>:<account>:function:<prefix>-fn",
        ),
        (f"RequestId: {UUID}", "RequestId: <uuid>"),
        ("Root=1-674a1b2c-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0;Lineage=1:0a1b2c3d:0", "<trace>"),
        ("ASIAABCDEFGHIJKLMNOP and AROAABCDEFGHIJKLMNOPQ:record", "<access key> and <unique id>:record"),
        (
            "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/",
            "https://<url-id>.lambda-url.<region>.on.aws/",
        ),
        (
            "http://127.0.0.1:5000/_aws/lambda-url/abcdefghijklmnopqrstuvwxyz012345/",
            "https://<url-id>.lambda-url.<region>.on.aws/",
        ),
        ("User: arn:aws:sts::1:assumed-role/a/b is not authorized to", "User: <caller> is not authorized to"),
        ("satisfy enum value set: [java21, python3.13] or", "satisfy enum value set: [<values of the model>] or"),
    ],
)
def test_text(text: str, expected: str) -> None:
    assert NORMALISER.text(text) == expected


def test_members() -> None:
    event = {"timeEpoch": 1795307482123, "http": {"sourceIp": "192.0.2.7"}, "CodeSize": 20261122, "sourceIp": ""}
    assert NORMALISER.value(event) == {
        "timeEpoch": "<time>",
        "http": {"sourceIp": "<address>"},
        "CodeSize": 20261122,
        "sourceIp": "",
    }


def test_names_in_keys_and_lists() -> None:
    assert NORMALISER.value({"123456789012": ["us-east-1", None, 1.5, True]}) == {
        "<account>": ["<region>", None, 1.5, True]
    }


def test_longest_name_first() -> None:
    normaliser = Normaliser({"mlu-record-0a1b2c3d": "<prefix>"})
    normaliser.add("mlu-record-0a1b2c3d-fn-12", "<prefix>-fn-1")
    assert normaliser.text("mlu-record-0a1b2c3d-fn-12 mlu-record-0a1b2c3d-fn-1") == "<prefix>-fn-1 <prefix>-fn-1"


@pytest.mark.parametrize("days", range(0, 800, 37))
def test_the_same_on_every_day(days: int) -> None:
    def message(now: datetime) -> str:
        yesterday = now - timedelta(days=1)
        return (
            f"'{yesterday:%Y%m%d}' != '{now:%Y%m%d}', from '{now:%Y%m%dT%H%M%SZ}'; {now.isoformat()}; {now:%Y-%m-%d}; "
            f"{now:%a, %d %b %Y %H:%M:%S GMT}; {now:%d/%b/%Y:%H:%M:%S +0000}; {now:%Y%m%d}/us-east-1/"
        )

    first = datetime(2026, 11, 21, 23, 59, 59, tzinfo=timezone.utc)
    assert NORMALISER.text(message(first + timedelta(days=days))) == NORMALISER.text(message(first))


@pytest.mark.parametrize(
    "text",
    [
        "the token wJalrXUtnFEMI of a session",
        "ASIAABCDEFGHIJKLMNOP",
        "/lambda/aws4_request, SignedHeaders=host",
        "?X-Amz-Signature=0a1b",
        "IQoJb3JpZ2luX2VjE",
    ],
)
def test_no_secret_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "aws.json"
    recording = Recording(place="AWS", region="us-east-1", day="2026-11-22", answers={"signatures": [{"answer": text}]})
    with pytest.raises(SecretFoundError) as raised:
        recording.write(path, ["wJalrXUtnFEMI", ""])
    assert text not in str(raised.value)
    assert not path.exists()


def test_written_and_read(tmp_path: Path) -> None:
    answers: dict[str, Any] = {"head": [{"status": 200, "headers": [["x-a", "é"]]}]}
    recording = Recording(place="AWS", region="us-east-1", day="2026-11-22", answers=answers)
    recording.write(tmp_path / "aws.json", [])
    assert read(tmp_path / "aws.json") == recording


def test_clean_text_has_no_secret() -> None:
    check_no_secret("<access key>/<date>/<region>/lambda/aws4_request", ["", "secret"])


@pytest.mark.parametrize(
    ("recorded", "ours", "expected"),
    [
        ([{"a": 1}], [{"a": 1}], []),
        ([{"a": 1}], [{"a": 2}], ["[0].a: recorded 1, ours 2"]),
        ([{"a": 1}], [{"b": 1}], ['[0].a: recorded 1, ours "<absent>"', '[0].b: recorded "<absent>", ours 1']),
        ([1], [1, 2], [": recorded [1], ours [1, 2]"]),
        ([True], [1], []),
    ],
)
def test_differences(recorded: Any, ours: Any, expected: list[str]) -> None:
    assert list(differences(recorded, ours)) == expected
