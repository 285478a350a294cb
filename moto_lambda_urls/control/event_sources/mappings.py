"""Event source mappings: their settings, their states, and how the API shows them."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..functions.names import Key
from .kinds import SourceKind
from .readers import Reader

Transition = Literal["Creating", "Updating", "Enabling", "Disabling", "Deleting"]
NOTHING_PROCESSED = "No records processed"
_numbers = itertools.count()
"""Of the process: what is listed keeps the order of creation."""

_CLEARED = ("FilterCriteria", "KMSKeyArn", "MetricsConfig", "ProvisionedPollerConfig", "ScalingConfig")
"""Settings that an empty value takes away."""
_FILLED: Mapping[str, Mapping[str, Any]] = {
    "DestinationConfig": {"OnFailure": {}},
    "DocumentDBEventSourceConfig": {"FullDocument": "Default"},
}
"""Members that a setting has when a request names it without them."""


@dataclass(eq=False, kw_only=True)
class EventSourceMapping:
    """A mapping of one account and region. ``settings`` are those of AWS's API, but for what has a field of its own.

    ``function`` and ``function_arn`` are as the request named the function, with a qualifier if it had one.
    ``transition`` is the state that is shown until the next look, None when the change is over.
    """

    uuid: str
    arn: str
    account_id: str
    region: str
    kind: SourceKind
    function: Key
    function_arn: str
    settings: dict[str, Any]
    is_enabled: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    transition: Transition | None = None
    last_modified: float = field(default_factory=time.time)
    last_result: str = NOTHING_PROCESSED
    number: int = field(default_factory=lambda: next(_numbers))
    reader: Reader = field(default_factory=Reader)

    @property
    def source_arn(self) -> str:
        """The ARN of the source; empty for a self-managed cluster."""
        return str(self.settings.get("EventSourceArn", ""))

    @property
    def is_active(self) -> bool:
        """Whether it delivers: a decision, also while it is shown as being created or changed."""
        return self.is_enabled and self.transition != "Deleting"

    @property
    def batch_size(self) -> int:
        return int(self.settings["BatchSize"])

    @property
    def filter_criteria(self) -> Any:
        return self.settings.get("FilterCriteria")

    @property
    def reports_items(self) -> bool:
        """Whether the function's answer says which records have failed."""
        return "ReportBatchItemFailures" in (self.settings.get("FunctionResponseTypes") or ())

    def reads(self, source_arn: str) -> bool:
        """Whether ``source_arn`` is its source, or the stream of its consumer."""
        return self.source_arn.partition("/consumer/")[0] == source_arn

    def put(self, settings: Mapping[str, Any]) -> None:
        """Put ``settings`` of a request, which were checked, in place, and date the change."""
        elsewhere = ("Enabled", "FunctionName", "Tags", "UUID")
        kept = {name: value for name, value in settings.items() if name not in elsewhere}
        self.settings.update(copy.deepcopy(kept))
        for name in _CLEARED:
            if _is_empty(self.settings.get(name)):
                self.settings.pop(name, None)
        for name, members in _FILLED.items():
            if name in self.settings:
                self.settings[name] = {**members, **self.settings[name]}
        self.last_modified = time.time()

    def describe(self) -> dict[str, Any]:
        """The mapping as Lambda's API answers it."""
        state = self.transition or ("Enabled" if self.is_enabled else "Disabled")
        shown = {
            **copy.deepcopy(self.settings),
            "UUID": self.uuid,
            "EventSourceMappingArn": self.arn,
            "FunctionArn": self.function_arn,
            "LastModified": round(self.last_modified, 3),
            "State": state,
            "StateTransitionReason": self.kind.reason,
        }
        return {**shown, "LastProcessingResult": self.last_result} if self.kind.tells_result else shown


def _is_empty(value: Any) -> bool:
    return not (any(value.values()) if isinstance(value, Mapping) else value)
