"""The ``X-Amzn-Trace-Id`` header of AWS X-Ray."""

from __future__ import annotations


def trace_header(trace_id: str) -> str:
    """The ``X-Amzn-Trace-Id`` of ``trace_id``, ``1-<8 hex>-<24 hex>`` with random digits at the end.

    Parent and lineage follow from the id, so that each place that asks for them gets the same.
    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    random = trace_id[-24:]
    return f"Root={trace_id};Parent={random[8:]};Sampled=0;Lineage=1:{random[:8]}:0"
