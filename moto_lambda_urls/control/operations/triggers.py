"""Entry points through which other moto services invoke a function."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from werkzeug.exceptions import HTTPException

from ..functions.deployed import calling
from .event_sources import EventSourceOperations

_logger = logging.getLogger("moto_lambda_urls")


class TriggerOperations(EventSourceOperations):
    """Invocations by moto's services. A missing or throttled function is logged and does not fail the service.

    Where moto looks a version up and then drops the alias or the version that was asked for, the ARN keeps it.
    """

    def send_sns_message(
        self, function_name: str, message: str, subject: str | None = None, qualifier: str | None = None
    ) -> None:
        """For SNS."""
        send = partial(super().send_sns_message, function_name, message, subject, qualifier)
        self._send("SNS", self._arn((function_name, qualifier)), send)

    def send_log_event(self, function_arn: str, *args: Any, **kwargs: Any) -> None:
        """For CloudWatch Logs."""
        self._send(
            "CloudWatch Logs",
            function_arn,
            partial(super().send_log_event, function_arn, *args, **kwargs),
        )

    def _send(self, source: str, function_arn: str, send: Callable[[], None]) -> None:
        try:
            self.get_function(function_arn)
            with calling(function_arn):
                send()
        except HTTPException as error:
            _logger.warning("%s could not call %s: %s", source, function_arn, error)
