"""Probes of the runtime: how handlers end."""

from __future__ import annotations

import io
import stat
import zipfile

from ..place import Place, package_of
from .asking import probe


@probe(decided="milder than AWS on purpose, and its answer differs by Python")
def event_loops(place: Place) -> None:
    source = "import asyncio\ndef handler(event, context): return type(asyncio.get_event_loop()).__mro__[-2].__name__\n"
    for runtime in ("python3.13", "python3.14"):
        place.invoke(place.function(source, Runtime=runtime))


@probe()
def timeouts(place: Place) -> None:
    name = place.function("import time\ndef handler(event, context): time.sleep(30)\n", Timeout=1)
    place.ask(place.url(name))
    place.invoke(name)


@probe()
def base_exceptions(place: Place) -> None:
    source = (
        "class Own(BaseException): pass\n"
        "KINDS = {'own': Own, 'interrupt': KeyboardInterrupt, 'generator': GeneratorExit, 'exit': SystemExit}\n"
        "def handler(event, context): raise KINDS[event['kind']]('no')\n"
    )
    name = place.function(source)
    for kind in ("own", "interrupt", "generator", "exit"):
        place.invoke(name, {"kind": kind})


@probe(
    "packages with links, devices, absolute paths or `..` are refused; at most 200,000 files; all members are read "
    "when a function is created or its code or layers change, those of layers too"
)
def odd_packages(place: Place) -> None:
    ordinary = "def handler(event, context): return 1\n"
    for case, package in {
        "a link": _special("link", stat.S_IFLNK, "app.py"),
        "a device": _special("device", stat.S_IFCHR, ""),
        "an absolute path": package_of({"app.py": ordinary, "/tmp/absolute.py": "x = 1\n"}),
        "a path upwards": package_of({"app.py": ordinary, "../upwards.py": "x = 1\n"}),
        "a broken member": _broken(package_of({"app.py": ordinary, "data.txt": "data that will not be"})),
    }.items():
        place.note(package=case)
        place.call("create_function", **place.function_request(place.new_name("fn"), package))


def _special(name: str, kind: int, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0)), "def handler(event, context): return 1\n")
        member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        member.create_system = 3
        member.external_attr = (kind | 0o644) << 16
        package.writestr(member, content)
    return buffer.getvalue()


def _broken(package: bytes) -> bytes:
    return package.replace(b"data that will not be", b"DATA that is another!")


@probe(decided="ours needs a registered callable, or Docker, for such a runtime")
def foreign_runtimes(place: Place) -> None:
    name = place.function(package_of({"readme.txt": "no class"}), Runtime="java21", Handler="app.Handler::handle")
    place.invoke(name)
