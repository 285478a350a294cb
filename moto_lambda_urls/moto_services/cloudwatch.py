"""Metrics of function URLs in moto's CloudWatch, computed when they are queried."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from moto.awslambda.utils import get_backend
from moto.core.common_models import CloudWatchMetricProvider

from ..patching.late_imports import LateImports
from ..patching.patches import Method, Patches, counted_patches
from ..state.metrics import Tally, Target

if TYPE_CHECKING:
    from moto.cloudwatch.models import MetricAggregatedDatum

_CLOUDWATCH = "moto.cloudwatch.models"
NAMESPACE = "AWS/Lambda"
Dimensions = tuple[tuple[str, str], ...]
_ORDER = ("FunctionName", "Resource", "ExecutedVersion")
_asked: ContextVar[frozenset[frozenset[tuple[str, str]]] | None] = ContextVar("moto_lambda_urls.asked", default=None)
"""The sets of dimensions that a running query names; None when every metric is listed."""


class UrlMetricsProvider(CloudWatchMetricProvider):
    """The source of these metrics; moto asks every subclass of CloudWatchMetricProvider for those of its service."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricAggregatedDatum]:
        if not _counted.users:
            return []
        return list(_datums(account_id, region))


def _datums(account_id: str, region: str) -> Iterator[MetricAggregatedDatum]:
    asked = _asked.get()
    backend: Any = get_backend(account_id, region)  # ours, for as long as function URLs are installed
    for target, second, tally in backend.url_metrics:
        moment = datetime.fromtimestamp(second, timezone.utc).replace(tzinfo=None)
        for dimensions in _dimension_sets(target):
            if asked is None or frozenset(dimensions) in asked:
                yield from _metrics(tally, [{"Name": name, "Value": value} for name, value in dimensions], moment)


def _dimension_sets(target: Target) -> Iterator[Dimensions]:
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html#urls-cloudwatch
    function = ("FunctionName", target.function_name)
    resource = ("Resource", f"{target.function_name}:{target.alias or '$LATEST'}")
    yield (function,)
    yield (function, resource)
    if target.version is not None:
        yield (function, resource, ("ExecutedVersion", target.version))


def _metrics(tally: Tally, dimensions: list[dict[str, str]], moment: datetime) -> Iterator[MetricAggregatedDatum]:
    make = functools.partial(_datum, dimensions=dimensions, moment=moment, samples=tally.requests)
    yield make("UrlRequestCount", "Count", tally.requests, 1, 1)
    # A decision: like Lambda's Errors, a request without an error is a sample of 0, so that Average is the error rate.
    for name, errors in (("Url4xxCount", tally.client_errors), ("Url5xxCount", tally.server_errors)):
        yield make(name, "Count", errors, int(errors == tally.requests), int(errors > 0))
    yield make("UrlRequestLatency", "Milliseconds", tally.latency, tally.shortest, tally.longest)


def _datum(
    name: str,
    unit: str,
    total: float,
    smallest: float,
    largest: float,
    *,
    samples: int,
    dimensions: list[dict[str, str]],
    moment: datetime,
) -> MetricAggregatedDatum:
    from moto.cloudwatch.models import MetricAggregatedDatum  # is there when metrics are asked for, not with a mock

    return MetricAggregatedDatum(
        namespace=NAMESPACE,
        name=name,
        min_stat=smallest,
        max_stat=largest,
        sample_count=samples,
        sum_stat=total,
        dimensions=dimensions,
        timestamp=moment,
        unit=unit,
    )


def _by_exact_dimensions(asked_by: Callable[[Mapping[str, Any]], Iterable[Any]]) -> Callable[[Method], Method]:
    # moto's GetMetricStatistics adds up all sets that contain the dimensions asked for, and GetMetricData compares
    # them in order; on AWS a metric is one set of dimensions, in any order.
    def make(original: Method) -> Method:
        def method(*args: Any, **kwargs: Any) -> Any:
            dimension_sets = asked_by(inspect.signature(original).bind(*args, **kwargs).arguments)
            named = (frozenset((each["Name"], each["Value"]) for each in dimensions) for dimensions in dimension_sets)
            token = _asked.set(frozenset(named))
            try:
                return original(*args, **kwargs)
            finally:
                _asked.reset(token)

        return method

    return make


def _of_statistics(arguments: Mapping[str, Any]) -> Iterable[Any]:
    return [arguments.get("dimensions") or []]


def _of_data(arguments: Mapping[str, Any]) -> Iterator[Any]:
    for query in arguments["queries"]:
        metric = query.get("MetricStat", {}).get("Metric", {})
        if metric.get("Namespace") == NAMESPACE:
            metric["Dimensions"] = sorted(metric.get("Dimensions") or [], key=_place)
            yield metric["Dimensions"]


def _place(dimension: Mapping[str, str]) -> int:
    return _ORDER.index(dimension["Name"]) if dimension["Name"] in _ORDER else len(_ORDER)


def _patch(patches: Patches) -> None:
    late_import = LateImports([_CLOUDWATCH], lambda name: _patch_queries(sys.modules[name].CloudWatchBackend, patches))
    patches.callback(late_import.uninstall)
    late_import.install()


def _patch_queries(backend: type, patches: Patches) -> None:
    patches.method(backend, "get_metric_statistics", _by_exact_dimensions(_of_statistics))
    patches.method(backend, "get_metric_data", _by_exact_dimensions(_of_data))


_counted = counted_patches(_patch)
"""Of the process, as moto's CloudWatch is."""

install = _counted.install
uninstall = _counted.uninstall
