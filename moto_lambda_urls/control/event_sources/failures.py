"""Partial batch responses: which records of a batch a function reports as failed.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting,
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

import json
from collections.abc import Collection


def failed_items(payload: bytes, identifiers: Collection[str]) -> frozenset[str]:
    """Those of the batch's ``identifiers`` that the function's answer ``payload`` names.

    An empty answer means none, one that is malformed, or names what is not in the batch, all of them.
    """
    everything = frozenset(identifiers)
    try:
        answer = json.loads(payload or b"null")
    except ValueError:
        return everything
    if answer in (None, "", [], {}):  # recorded; AWS's guide says "empty EventResponse"
        return frozenset()
    if not isinstance(answer, dict):
        return everything
    failures = answer.get("batchItemFailures") or []
    if not isinstance(failures, list):
        return everything
    named = {str(each.get("itemIdentifier")) if isinstance(each, dict) else "" for each in failures}
    return frozenset(named) if named <= everything else everything
