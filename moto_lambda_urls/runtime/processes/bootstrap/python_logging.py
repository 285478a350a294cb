"""The logging of functions in Python: Lambda's handler, formats and level on the root logger."""

from __future__ import annotations

import json
import logging
import os
import time
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LambdaHandler(logging.Handler):
    """Lambda's handler on the root logger."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self.log_sink = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        self.log_sink.log(self.format(record))


class RequestIdFilter(logging.Filter):
    """Gives records the id of the invocation that they belong to."""

    def __init__(self, log: Any) -> None:
        super().__init__()
        self.log = log

    def filter(self, record: Any) -> bool:
        """Let every record pass."""
        record.aws_request_id = self.log.request_id or ""
        record.tenant_id = self.log.tenant_id
        return True


class JsonFormatter(logging.Formatter):
    """Records in Lambda's JSON format."""

    standard = frozenset(
        {*vars(logging.LogRecord("", 0, "", 0, "", None, None)), "aws_request_id", "tenant_id", "taskName"}
    )

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; what is None is left out."""
        error: Any = record.exc_info or None
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": logging.getLevelName(min(50, max(0, record.levelno)) // 10 * 10),
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error else None,
            "errorType": error[0].__name__ if error else None,
            "errorMessage": str(error[1]) if error else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if error else None,
            "tenantId": getattr(record, "tenant_id", None),
        }
        for name, value in vars(record).items():
            if name not in self.standard and name not in fields:
                fields[name] = value
        shown = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(shown, ensure_ascii=False, default=str) + "\n"


def set_up(log: Any) -> None:
    """Lambda's handler, format and level on the root logger."""
    logging.Formatter.converter = time.gmtime
    handler = LambdaHandler(log)
    if log.json:
        handler.setFormatter(JsonFormatter(datefmt="%Y-%m-%dT%H:%M:%SZ"))
    else:
        form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestIdFilter(log))
    root = logging.getLogger()
    level = (os.environ.get("AWS_LAMBDA_LOG_LEVEL") or "").upper()
    level = {"TRACE": "DEBUG"}.get(level, level)
    if isinstance(logging.getLevelName(level), int) and level:
        root.setLevel(level)
    root.addHandler(handler)
