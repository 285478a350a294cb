"""Entry points through which other moto services invoke a function."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from werkzeug.exceptions import HTTPException

from ..functions.deployed import calling
from .lookup import FunctionLookup

T = TypeVar("T")
_logger = logging.getLogger("moto_lambda_urls")


class TriggerOperations(FunctionLookup):
    """Invocations by moto's services. A missing or throttled function is logged and does not fail the service.

    Where moto looks a version up and then drops the alias or the version that was asked for, the ARN keeps it.
    """

    def send_sqs_batch(self, function_arn: str, messages: Any, queue_arn: str) -> bool:
        """For SQS, whose poller waits for the function; False when the messages are to become visible again."""
        send = super().send_sqs_batch
        return self._sent(
            queue_arn, function_arn, lambda: send(function_arn, messages, queue_arn), waiting=True, refused=False
        )

    def send_kinesis_message(self, function_name: str, kinesis_stream: str, *args: Any, **kwargs: Any) -> None:
        """For Kinesis, whose poller waits for the function."""
        send = partial(super().send_kinesis_message, function_name, kinesis_stream, *args, **kwargs)
        self._sent(kinesis_stream, function_name, send, waiting=True, refused=None)

    def send_dynamodb_items(self, function_arn: str, items: list[Any], source: str) -> str | bytes:
        """For DynamoDB streams, whose poller waits for the function; empty when the records are to be sent again."""
        send = partial(super().send_dynamodb_items, function_arn, items, source)
        nothing: str | bytes = b""
        return self._sent(source, function_arn, send, waiting=True, refused=nothing)

    def send_sns_message(
        self, function_name: str, message: str, subject: str | None = None, qualifier: str | None = None
    ) -> None:
        """For SNS."""
        send = partial(super().send_sns_message, function_name, message, subject, qualifier)
        self._sent("SNS", self._arn((function_name, qualifier)), send, refused=None)

    def send_log_event(self, function_arn: str, *args: Any, **kwargs: Any) -> None:
        """For CloudWatch Logs."""
        self._sent(
            "CloudWatch Logs",
            function_arn,
            partial(super().send_log_event, function_arn, *args, **kwargs),
            refused=None,
        )

    def _sent(self, source: str, function_arn: str, send: Callable[[], T], *, refused: T, waiting: bool = False) -> T:
        """What ``send`` returns, or ``refused`` when the function cannot be called."""
        try:
            self.get_function(function_arn)
            with calling(function_arn, waiting=waiting):
                return send()
        except HTTPException as error:
            _logger.warning("%s could not call %s: %s", source, function_arn, error)
            return refused
