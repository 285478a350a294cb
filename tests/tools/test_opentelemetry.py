"""OpenTelemetry wraps requests, urllib3, httpx and botocore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.beside import Beside, OwnProcess

INSTRUMENTORS = [RequestsInstrumentor, URLLib3Instrumentor, HTTPXClientInstrumentor, BotocoreInstrumentor]


@contextmanager
def instrumented() -> Iterator[InMemorySpanExporter]:
    """All four wrapped, with the spans that they make."""
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    for each in INSTRUMENTORS:
        each().instrument(tracer_provider=provider)
    yield spans
    for each in INSTRUMENTORS:
        each().uninstrument()


def test_opentelemetry(beside: Beside) -> None:
    with beside(instrumented):
        pass


def test_first_mock(own_process: OwnProcess) -> None:
    own_process(instrumented)
