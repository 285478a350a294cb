"""Timestamps in the form in which Lambda's API gives those of functions."""

from __future__ import annotations

from datetime import datetime, timezone


def to_lambda_time(moment: datetime) -> str:
    """``moment``, in UTC, as Lambda's API gives times of functions."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def in_lambda_form(moment: str) -> str:
    """``moment``, a time as moto or Lambda's API gives it, as the latter does."""
    # moto's has nanoseconds, which datetime does not read.
    if not moment.endswith("Z"):
        return moment
    return to_lambda_time(datetime.fromisoformat(moment[:23]).replace(tzinfo=timezone.utc))
