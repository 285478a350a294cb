"""Logging records of an invocation: levels of its own, and Lambda's handler on the root logger."""

from __future__ import annotations

import json
import logging
import logging.config
import time
import traceback
from collections.abc import Callable
from contextvars import Context
from typing import Any

from ....patching.patches import Method, Patches
from ..loading.code import display_text
from .running import Sandbox, current

_TEXT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
_LEVELS = {"TRACE": logging.DEBUG, "DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.WARNING}
_LEVELS |= {"ERROR": logging.ERROR, "FATAL": logging.CRITICAL}


class _Utc(logging.Formatter):
    converter = staticmethod(time.gmtime)


class JsonFormatter(_Utc):
    """Records as awslambdaric's JSON log format writes them."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; what is None is left out."""
        error = record.exc_info or (None, None, None)
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": logging.getLevelName(_whole_level(record.levelno)),
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if record.exc_info else None,
            "errorType": error[0].__name__ if error[0] else None,
            "errorMessage": str(error[1]) if record.exc_info else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None,
            "tenantId": getattr(record, "tenant_id", None),
        }
        extra = {
            name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS and name not in fields
        }
        shown = {name: value for name, value in (fields | extra).items() if value is not None}
        return json.dumps(shown, ensure_ascii=False, default=str) + "\n"


def _whole_level(level: int) -> int:
    return min(50, max(0, level)) // 10 * 10


_STANDARD_FIELDS = {
    *vars(logging.LogRecord("", 0, "", 0, "", None, None)),
    "aws_request_id",
    "tenant_id",
    "taskName",
}
_text_formatter = _Utc(_TEXT, "%Y-%m-%dT%H:%M:%S")
_json_formatter = JsonFormatter(datefmt="%Y-%m-%dT%H:%M:%SZ")


def formatted(sandbox: Sandbox, record: logging.LogRecord) -> str:
    """``record`` as the function's log shows it."""
    formatter = sandbox.formatter or (_json_formatter if sandbox.json_logs else _text_formatter)
    text = formatter.format(record)
    return display_text(text) if record.exc_info else sandbox.display(text)


class LambdaHandler(logging.Handler):
    """Lambda's handler on the root logger: writes an invocation's records to its log.

    It is one object for all functions; a formatter that a function sets is that function's.
    """

    def setFormatter(self, fmt: logging.Formatter | None) -> None:  # noqa: N802 - logging's name
        """The formatter of the function that sets it."""
        if running := current():
            running.sandbox.formatter = fmt

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record`` to the log of the invocation that made it; others are not ours."""
        running, shows = current(), True
        if running is not None and not running.sandbox.detached:
            record.aws_request_id = running.request_id
            record.tenant_id = running.sandbox.tenant_id
            try:
                shows = running.log.add(formatted(running.sandbox, record))
            except Exception:  # a record whose arguments do not fit, as in any handler
                self.handleError(record)
        last = logging.lastResort
        # Only this handler keeps Python from using its last resort.
        if shows and last is not None and record.levelno >= last.level and not _has_other_handler(record.name):
            Context().run(last.handle, record)  # outside the invocation: its log has the record


def _has_other_handler(name: str) -> bool:
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        if any(not isinstance(handler, LambdaHandler) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


class _OnlyIn(logging.Filter):
    """Passes records of one environment, for a handler which that environment put on the shared root logger."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - logging's signature
        running = current()
        return running is not None and running.sandbox is self._sandbox


def patch_logging(patches: Patches) -> None:
    """Put Lambda's handler first on the root logger, and give each environment levels and root handlers of its own."""
    added: list[tuple[logging.Logger, logging.Handler]] = []
    root, handler = logging.getLogger(), LambdaHandler()
    root.handlers.insert(0, handler)  # a function that formats "the" handler takes handlers[0]
    patches.callback(lambda: _remove_handlers([(root, handler), *added]))
    patches.callback(handler.close)
    logger = logging.Logger
    patches.method(logger, "isEnabledFor", _is_enabled_for)
    patches.method(logger, "getEffectiveLevel", _effective_level_of)
    patches.method(logger, "setLevel", _set_level)
    patches.method(logger, "addHandler", lambda original: _add_handler(original, added))
    patches.method(logger, "removeHandler", lambda original: _remove_handler(original, added))
    for name in ("disabled", "propagate"):
        patches.added(logging.Logger, name, _Flag(name))
    # ``dictConfig`` and ``fileConfig`` close all handlers that there are, the test run's among them.
    if hasattr(logging.config, "_clearExistingHandlers"):
        patches.method(logging.config, "_clearExistingHandlers", _outside_only)


class _Flag:
    """A flag of loggers that each environment has for itself, in place of the instances' attribute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, logger: logging.Logger | None, _owner: type) -> Any:
        if logger is None:
            return self
        running = current()
        if running is not None:
            own: dict[logging.Logger, bool] = getattr(running.sandbox, self._name)
            if logger in own:
                return own[logger]
        return vars(logger)[self._name]

    def __set__(self, logger: logging.Logger, value: bool) -> None:
        running = current()
        # A logger that an invocation makes has none yet.
        if running is None or self._name not in vars(logger):
            vars(logger)[self._name] = value
        else:
            getattr(running.sandbox, self._name)[logger] = value


def _outside_only(original: Callable[[], None]) -> Callable[[], None]:
    def clear_existing_handlers() -> None:
        if current() is None:
            original()

    return clear_existing_handlers


def _remove_handlers(added: list[tuple[logging.Logger, logging.Handler]]) -> None:
    for logger, handler in added:
        if handler in logger.handlers:
            logger.handlers.remove(handler)


def root_level(sandbox: Sandbox, root: logging.Logger) -> int:
    """The level of the root logger in ``sandbox``: what the function set, or Lambda's default.

    The default is WARNING, or lower when the test run's own is: it asked to see more.
    """
    if (level := sandbox.levels.get(root)) is not None:
        return level
    if sandbox.json_logs:
        name = sandbox.variables.get(_LEVEL_VARIABLE) or sandbox.variables.get(_LEVEL_VARIABLE.decode())
        text = name.decode() if isinstance(name, bytes) else str(name)
        return _LEVELS.get(text, logging.INFO)
    return min(logging.WARNING, root.level)


_LEVEL_VARIABLE = b"AWS_LAMBDA_LOG_LEVEL"


def _effective_level(sandbox: Sandbox, logger: logging.Logger) -> int:
    each: logging.Logger | None = logger
    while each is not None:
        if each.parent is None:
            return root_level(sandbox, each)
        if level := sandbox.levels.get(each, each.level):
            return level
        each = each.parent
    return logging.NOTSET


def _is_enabled_for(original: Callable[[logging.Logger, int], bool]) -> Any:
    def is_enabled_for(self: logging.Logger, level: int) -> bool:
        running = current()
        if running is None:
            return original(self, level)
        if self.disabled or self.manager.disable >= level:
            return False
        return level >= _effective_level(running.sandbox, self)

    return is_enabled_for


def _effective_level_of(original: Callable[[logging.Logger], int]) -> Any:
    def effective_level(self: logging.Logger) -> int:
        running = current()
        return original(self) if running is None else _effective_level(running.sandbox, self)

    return effective_level


def _set_level(original: Callable[[logging.Logger, Any], None]) -> Any:
    def set_level(self: logging.Logger, level: int | str) -> None:
        running = current()
        if running is None:
            original(self, level)
        else:
            running.sandbox.levels[self] = _number(level)

    return set_level


def _number(level: int | str) -> int:
    number = logging.getLevelName(level) if isinstance(level, str) else level
    if not isinstance(number, int):
        raise ValueError(f"Unknown level: {level!r}")
    return number


def _add_handler(original: Callable[[logging.Logger, logging.Handler], None], added: list[Any]) -> Method:
    def add_handler(self: logging.Logger, hdlr: logging.Handler) -> None:
        running = current()
        if running is not None and hdlr not in self.handlers:
            added.append((self, hdlr))
            if self.parent is None:
                hdlr.addFilter(_OnlyIn(running.sandbox))
        original(self, hdlr)

    return add_handler


def _remove_handler(original: Callable[[logging.Logger, logging.Handler], None], added: list[Any]) -> Method:
    def remove_handler(self: logging.Logger, hdlr: logging.Handler) -> None:
        running = current()
        if running is None or (self, hdlr) in added:
            original(self, hdlr)
        elif isinstance(hdlr, LambdaHandler):
            running.sandbox.detached = True
        # Others are the test run's: a function cannot take them away.

    return remove_handler
