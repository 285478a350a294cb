"""Metrics of functions and their URLs in moto's CloudWatch, computed when they are queried."""

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

from ..patching.late_imports import patch_late
from ..patching.patches import Method, Patches, counted_patches
from ..state.invocation_metrics import InvocationTally
from ..state.metrics import Spread, Tally, Target

if TYPE_CHECKING:
    from moto.cloudwatch.models import MetricAggregatedDatum

_CLOUDWATCH = "moto.cloudwatch.models"
NAMESPACE = "AWS/Lambda"
Dimensions = tuple[tuple[str, str], ...]
_ORDER = ("FunctionName", "Resource", "ExecutedVersion")
_WHOLE: Dimensions = (("", ""),)
"""Stands for no dimensions in GetMetricData, where moto takes none for any."""
_asked: ContextVar[frozenset[frozenset[tuple[str, str]]] | None] = ContextVar("moto_lambda_urls.asked", default=None)
"""The sets of dimensions that a running query names; None when every metric is listed."""


class LambdaMetricsProvider(CloudWatchMetricProvider):
    """The source of these metrics; moto asks every subclass of CloudWatchMetricProvider for those of its service."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricAggregatedDatum]:
        if not _counted.users:
            return []
        datums = _datums(account_id, region)
        return _each_metric_once(datums) if _asked.get() is None else list(datums)


def _each_metric_once(datums: Iterable[MetricAggregatedDatum]) -> list[MetricAggregatedDatum]:
    named = {(each.name, *((one.name, one.value) for one in each.dimensions)): each for each in datums}
    return list(named.values())


def _datums(account_id: str, region: str) -> Iterator[MetricAggregatedDatum]:
    asked = _asked.get()
    backend: Any = get_backend(account_id, region)  # ours, for as long as function URLs are installed
    for target, second, tally in backend.url_metrics:
        for dimensions in _dimension_sets_of_url(target):
            if asked is None or frozenset(dimensions) in asked:
                yield from _metrics_of_url(tally, _datum_of(dimensions, second))
    for target, second, invocations in backend.invocation_metrics:
        for level, dimensions in enumerate(_dimension_sets(target)):
            shown = _WHOLE if not dimensions and asked and frozenset(_WHOLE) in asked else dimensions
            if asked is None or frozenset(shown) in asked:
                yield from _metrics(invocations, invocations.concurrent[level], _datum_of(shown, second))


def _dimension_sets(target: Target) -> Iterator[Dimensions]:
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html: of all functions, by function, by
    # version or alias, and of an alias by the version that was executed.
    function = ("FunctionName", target.function_name)
    yield ()
    yield (function,)
    resource = ("Resource", ":".join(filter(None, (target.function_name, target.qualifier))))
    yield (function, resource)
    if target.qualifier not in (None, target.version):
        yield (function, resource, ("ExecutedVersion", str(target.version)))


def _metrics(
    tally: InvocationTally, concurrent: Spread, make: Callable[..., MetricAggregatedDatum]
) -> Iterator[MetricAggregatedDatum]:
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    durations = tally.durations
    if tally.throttles:
        yield make("Throttles", "Count", tally.throttles, 1, 1, samples=tally.throttles)
    if durations.count:
        yield make("Invocations", "Count", durations.count, 1, 1, samples=durations.count)
        # An invocation without an error is a sample of 0, so that Average is the error rate.
        all_failed, any_failed = tally.errors == durations.count, tally.errors > 0
        yield make("Errors", "Count", tally.errors, int(all_failed), int(any_failed), samples=durations.count)
        yield _datum_of_spread(make, "Duration", "Milliseconds", durations)
    if concurrent.count:
        yield _datum_of_spread(make, "ConcurrentExecutions", "Count", concurrent)


def _datum_of_spread(
    make: Callable[..., MetricAggregatedDatum], name: str, unit: str, spread: Spread
) -> MetricAggregatedDatum:
    return make(name, unit, spread.total, spread.smallest, spread.largest, samples=spread.count)


def _dimension_sets_of_url(target: Target) -> Iterator[Dimensions]:
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html#urls-cloudwatch
    function = ("FunctionName", target.function_name)
    resource = ("Resource", f"{target.function_name}:{target.qualifier or '$LATEST'}")
    yield (function,)
    yield (function, resource)
    if target.version is not None:
        yield (function, resource, ("ExecutedVersion", target.version))


def _metrics_of_url(tally: Tally, make: Callable[..., MetricAggregatedDatum]) -> Iterator[MetricAggregatedDatum]:
    requests = tally.latency.count
    yield make("UrlRequestCount", "Count", requests, 1, 1, samples=requests)
    # A decision: like Lambda's Errors, a request without an error is a sample of 0, so that Average is the error rate.
    for name, errors in (("Url4xxCount", tally.client_errors), ("Url5xxCount", tally.server_errors)):
        yield make(name, "Count", errors, int(errors == requests), int(errors > 0), samples=requests)
    yield _datum_of_spread(make, "UrlRequestLatency", "Milliseconds", tally.latency)


def _datum_of(dimensions: Dimensions, second: int) -> Callable[..., MetricAggregatedDatum]:
    moment = datetime.fromtimestamp(second, timezone.utc).replace(tzinfo=None)
    return functools.partial(
        _datum, dimensions=[{"Name": name, "Value": value} for name, value in dimensions], moment=moment
    )


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
            whole = [{"Name": name, "Value": value} for name, value in _WHOLE]
            metric["Dimensions"] = sorted(metric.get("Dimensions") or whole, key=_place)
            yield metric["Dimensions"]


def _place(dimension: Mapping[str, str]) -> int:
    return _ORDER.index(dimension["Name"]) if dimension["Name"] in _ORDER else len(_ORDER)


def _patch(patches: Patches) -> None:
    patch_late([_CLOUDWATCH], lambda name: _patch_queries(sys.modules[name].CloudWatchBackend, patches), patches)


def _patch_queries(backend: type, patches: Patches) -> None:
    patches.method(backend, "get_metric_statistics", _by_exact_dimensions(_of_statistics))
    patches.method(backend, "get_metric_data", _by_exact_dimensions(_of_data))


_counted = counted_patches(_patch)
"""Of the process, as moto's CloudWatch is."""

install = _counted.install
uninstall = _counted.uninstall
