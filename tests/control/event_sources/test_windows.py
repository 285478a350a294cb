from __future__ import annotations

import pytest

from moto_lambda_urls.control.event_sources.windows import MAX_STATE_BYTES, Window


@pytest.mark.parametrize(
    ("moment", "length", "bounds"),
    [(0, 60, (0, 60)), (59.999, 60, (0, 60)), (60, 60, (60, 120)), (1_772_600_767, 30, (1_772_600_760, 1_772_600_790))],
)
def test_bounds(moment: float, length: int, bounds: tuple[float, float]) -> None:
    window = Window.around(moment, length)
    assert (window.start, window.end) == bounds


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b'{"state": {"a": 1}}', {"a": 1}),
        (b'{"state": [1]}', [1]),
        (b'{"state": null}', {}),
    ],
)
def test_state(payload: bytes, state: object) -> None:
    assert Window.around(0, 60).after(payload) == Window(0, 60, state)


@pytest.mark.parametrize("payload", [b'{"other": 1}', b"{}", b"null", b"[1]", b'"state"', b"", b"{"])
def test_no_state(payload: bytes) -> None:
    assert Window.around(0, 60).after(payload) is None


def test_largest_state() -> None:
    fits = Window(0, 60, "x" * (MAX_STATE_BYTES - 2))
    assert not fits.is_too_large
    assert Window(0, 60, fits.state + "x").is_too_large
