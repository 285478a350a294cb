"""Installed by the first user, taken back by the last."""

from __future__ import annotations

from typing import Any

import pytest

from moto_lambda_urls.patching.counted import Counted


def test_first_and_last_user() -> None:
    done: list[Any] = []
    counted = Counted(lambda: done.append("on"), done.append)
    counted.install()
    counted.install()
    counted.uninstall("off 1")
    assert done == ["on"]
    counted.uninstall("off 2")
    assert done == ["on", "off 2"]
    with pytest.raises(RuntimeError, match="without install"):
        counted.uninstall("off 3")


def test_keep_alone_installs_nothing() -> None:
    done: list[str] = []
    counted = Counted(lambda: done.append("on"), lambda: done.append("off"))
    counted.keep()
    counted.uninstall()
    assert done == []


def test_keep_holds_what_others_install() -> None:
    done: list[str] = []
    counted = Counted(lambda: done.append("on"), lambda: done.append("off"))
    counted.keep()
    for _ in range(2):
        counted.install()
        counted.uninstall()
    assert done == ["on"]
    counted.uninstall()
    assert done == ["on", "off"]
