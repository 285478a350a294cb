"""Errors in unittest's results, without this package's frames."""

from __future__ import annotations

import unittest
from typing import Any

from ..patching.patches import Method, Patches, counted_patches
from ..patching.tracebacks import trim


def _patch(patches: Patches) -> None:
    # unittest has no hook before it formats an error. A frame that an exception leaves is in its traceback only then:
    # no frame can take itself out.
    for name in ("addError", "addFailure", "addSubTest", "addExpectedFailure"):
        patches.method(unittest.TestResult, name, _trimming)


def _trimming(original: Method) -> Method:
    def add(result: unittest.TestResult, *args: Any, **kwargs: Any) -> None:
        raised = kwargs.get("err", args[-1] if args else None)  # a subtest that succeeds has None
        if isinstance(raised, tuple) and isinstance(raised[1], BaseException):
            trim(raised[1])
        original(result, *args, **kwargs)

    return add


# Of the process, as unittest's classes are.
_installed = counted_patches(_patch)
install, uninstall = _installed.install, _installed.uninstall
