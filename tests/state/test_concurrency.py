from __future__ import annotations

import pytest

from moto_lambda_urls.state.concurrency import Concurrency, Throttled

ORDERS = ("123456789012", "us-east-1", "orders")
OTHER = ("123456789012", "us-east-1", "other")

pytestmark = pytest.mark.in_process


def test_reserved_concurrency() -> None:
    concurrency = Concurrency()
    with concurrency.take(ORDERS, 2), concurrency.take(ORDERS, 2):
        with pytest.raises(Throttled, match="orders has a reserved concurrency of 2") as refused:
            concurrency.take(ORDERS, 2)
        assert refused.value.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
        with concurrency.take(OTHER, 1):
            pass
    with concurrency.take(ORDERS, 1):
        pass
    with pytest.raises(Throttled):
        concurrency.take(ORDERS, 0)


def test_no_limit_counts_too() -> None:
    concurrency = Concurrency()
    slot = concurrency.take(ORDERS, None)
    with pytest.raises(Throttled):
        concurrency.take(ORDERS, 1)
    slot.release()
    concurrency.take(ORDERS, 1).release()
