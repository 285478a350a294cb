"""Results as JSON, compared with awslambdaric."""

from __future__ import annotations

import enum
import math
from collections import OrderedDict, namedtuple
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.runtime.exceptions import FaultException
from moto_lambda_urls.runtime.marshal import marshal, unmarshal

pytestmark = pytest.mark.in_process

theirs = pytest.importorskip("awslambdaric.lambda_runtime_marshaller")
faults = pytest.importorskip("awslambdaric.lambda_runtime_exception")

Point = namedtuple("Point", "x y")


class Colour(enum.IntEnum):
    RED = 1


class Name(str, enum.Enum):
    A = "a"


def self_containing() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


VALUES = [
    None,
    True,
    "text",
    "ünï ☃ \u2028 \x7f \x00 \U0001f600 </script>",
    3,
    -0.0,
    1e300,
    0.1,
    math.nan,
    math.inf,
    -math.inf,
    Decimal("1.10"),
    Decimal("NaN"),
    Decimal("-Infinity"),
    Decimal("1E+3"),
    b"raw \xff",
    {},
    [],
    (),
    {"a": [1, (2, {"b": None})], "d": Decimal("0.5")},
    {2: "int", 1.5: "float", True: "bool", None: "none", "s": b"bytes", b"k": 1},
    {"nan": Decimal("sNaN"), "t": Point(1, "y")},
    OrderedDict(z=1, a=2),
    [Colour.RED, Name.A],
    {Colour.RED: 1, Name.A: 2},
]
FAILURES: list[Any] = [
    {1, 2},
    {"s": {1}},
    object(),
    iter([1]),
    {(1, 2): 3},
    {"bytes": b"\xff"},
    self_containing(),
    1j,
    {Decimal(1): 1},
]


def awslambdaric(monkeypatch: pytest.MonkeyPatch, runtime: str) -> Any:
    monkeypatch.setenv("AWS_EXECUTION_ENV", f"AWS_Lambda_{runtime}")
    return theirs.LambdaMarshaller()


@pytest.mark.parametrize("runtime", ["python3.11", "python3.12", "python3.13"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_same_bytes(value: Any, runtime: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _ = awslambdaric(monkeypatch, runtime).marshal_response(value)
    assert marshal(value, runtime=runtime) == (expected if isinstance(expected, bytes) else expected.encode())


@pytest.mark.parametrize("value", FAILURES, ids=lambda value: type(value).__name__)
def test_same_failure(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(faults.FaultException) as expected:
        awslambdaric(monkeypatch, "python3.12").marshal_response(value)
    with pytest.raises(FaultException) as failed:
        marshal(value, runtime="python3.12")
    assert (failed.value.error_type, failed.value.message) == (expected.value.exception_type, expected.value.msg)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.floats() | st.none(), inner),
    max_leaves=20,
)


@given(JSON)
def test_same_bytes_for_any_json(value: Any) -> None:
    try:
        expected = theirs.to_json(value).encode()
    except UnicodeEncodeError:
        return
    assert marshal(value, runtime="python3.11") == expected


def test_no_payload_is_an_empty_object() -> None:
    assert unmarshal(b"") == {}


def test_no_json() -> None:
    with pytest.raises(faults.FaultException) as expected:
        theirs.LambdaMarshaller().unmarshal_request(b"{no")
    with pytest.raises(FaultException) as failed:
        unmarshal(b"{no")
    assert failed.value.error_type == "Runtime.UnmarshalError" == expected.value.exception_type
    assert failed.value.message.startswith(
        "Unable to unmarshal input: Expecting property name enclosed in double quotes"
    )
