"""Lambda functions as targets of EventBridge rules, which moto does not support."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import Any

from moto.awslambda.utils import get_backend
from werkzeug.exceptions import HTTPException

from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches

_EVENTS = "moto.events.models"
_EVENT_KEYS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
_logger = logging.getLogger("moto_lambda_urls")


def _patch(patches: Patches) -> None:
    patch_late([_EVENTS], lambda name: _patch_rules(sys.modules[name], patches), patches)


def _patch_rules(events: Any, patches: Patches) -> None:
    patches.method(events.Rule, "send_to_targets", partial(_sending_to_functions, events))


def _sending_to_functions(events: Any, original: Callable[..., None]) -> Callable[..., None]:
    def send_to_targets(rule: Any, event: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        targets = rule.targets
        functions = [target for target in targets if target["Arn"].split(":")[2] == "lambda"]
        if not functions:
            original(rule, event, *args, **kwargs)
            return
        others = events.Rule.__new__(events.Rule)
        vars(others).update(vars(rule), targets=[target for target in targets if target not in functions])
        original(others, event, *args, **kwargs)
        if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
            for target in functions:
                _invoke(target, _input(target, event, events.EventTemplateParser))

    return send_to_targets


def _input(target: dict[str, Any], event: dict[str, Any], parser: Any) -> str:
    """The event in the form that the target asks for, https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html"""
    if "Input" in target:
        return str(target["Input"])
    if transformer := target.get("InputTransformer"):
        made = parser.parse(transformer.get("InputTemplate"), transformer.get("InputPathsMap", {}), event)
        return json.dumps(made)
    when = datetime.fromtimestamp(float(event["time"]), timezone.utc)
    shown: Any = {key: event[key] for key in _EVENT_KEYS} | {"time": f"{when:%Y-%m-%dT%H:%M:%SZ}"}
    for name in target.get("InputPath", "$").removeprefix("$").strip(".").split("."):
        shown = shown[name] if name else shown
    return json.dumps(shown)


def _invoke(target: dict[str, Any], body: str) -> None:
    arn = target["Arn"]
    _, _, _, region, account_id, *_ = arn.split(":")
    try:
        get_backend(account_id, region).invoke(arn, None, body, {"X-Amz-Invocation-Type": "Event"}, {})
    except HTTPException as refused:  # the sender of the event never learns of it
        _logger.warning("EventBridge could not call %s: %s", arn, refused)


_counted = counted_patches(_patch)
"""Of the process, as moto's rules are."""

install = _counted.install
uninstall = _counted.uninstall
