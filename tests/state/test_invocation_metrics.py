"""Invocations in progress, against reserved concurrency."""

from __future__ import annotations

import pytest

from moto_lambda_urls.state.concurrency import Throttled
from moto_lambda_urls.state.invocation_metrics import InvocationMetrics
from moto_lambda_urls.state.metrics import Target

ORDERS = Target("orders", "live", "7")
OTHER = Target("other", None, "$LATEST")

pytestmark = pytest.mark.in_process


def test_reserved_concurrency() -> None:
    metrics = InvocationMetrics()
    with metrics.begin(ORDERS, 2), metrics.begin(ORDERS, 2):
        with pytest.raises(Throttled, match="orders has a reserved concurrency of 2") as refused:
            metrics.begin(ORDERS, 2)
        assert refused.value.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
        with metrics.begin(OTHER, 1):
            pass
    with metrics.begin(ORDERS, 1):
        pass
    with pytest.raises(Throttled):
        metrics.begin(ORDERS, 0)


def test_no_limit_counts_too() -> None:
    metrics = InvocationMetrics()
    counted = metrics.begin(ORDERS)
    with pytest.raises(Throttled):
        metrics.begin(ORDERS, 1)
    counted.release()
    metrics.begin(ORDERS, 1).release()


def test_all_versions_count_together() -> None:
    metrics = InvocationMetrics()
    with metrics.begin(ORDERS), metrics.begin(Target("orders", None, "$LATEST")), pytest.raises(Throttled):
        metrics.begin(Target("orders", "2", "2"), 2)


def test_throttled_invocations_are_counted() -> None:
    metrics = InvocationMetrics()
    with pytest.raises(Throttled):
        metrics.begin(ORDERS, 0)
    ((target, _, tally),) = metrics
    assert (target, tally.throttles, tally.durations.count) == (ORDERS, 1, 0)
    assert [seen.count for seen in tally.concurrent] == [0, 0, 0, 0]
