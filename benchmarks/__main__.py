"""``python -m benchmarks``: measure, print the table, and with ``--check`` fail past the limits."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from .measure import Figure
from .rows import ROWS

MARGIN = 1.25
"""How far past its limit a ratio may be before ``--check`` fails: what a busy machine adds."""

_PACKAGES = ("moto", "boto3", "requests", "responses", "urllib3", "werkzeug")


def main() -> int:
    """Run what was asked for; 1 when ``--check`` finds a figure past its limit."""
    arguments = _parser().parse_args()
    chosen = [name for name in ROWS if not arguments.only or name in arguments.only]
    began = time.perf_counter()
    figures = []
    print(_line("path", "floor", "path", "floor", "ratio", "CPU", "goal"))
    for name in chosen:
        for figure in ROWS[name]():
            figures.append(figure)
            print(_row(figure), flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s; {machine()}")
    if arguments.json:
        found = {"machine": machine(), "figures": [figure.as_json() for figure in figures]}
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    past = [figure for figure in figures if not figure.within(arguments.margin)]
    if not arguments.check:
        return 0
    for figure in past:
        print(f"{figure.name}: {figure.ratio:.2f}, past {figure.limit} with a margin of {arguments.margin}")
    return 1 if past else 0


def machine() -> str:
    """What the figures were measured with."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores ({_processor()}){load}, {len(os.environ)} environment variables; {packages}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _row(figure: Figure) -> str:
    met = "" if figure.meets_goal() else "  <- past: see benchmarks/README.md"
    cpu = "" if figure.cpu_ratio is None else f"{figure.cpu_ratio:.2f}"
    values = (_shown(figure.value, figure.unit), _shown(figure.floor_value, figure.unit))
    return (
        _line(
            figure.name,
            figure.floor,
            *values,
            f"{figure.ratio:.2f}",
            cpu,
            "" if figure.goal is None else f"{figure.goal:.2f}",
        )
        + met
    )


def _line(name: str, floor: str, *columns: str) -> str:
    return f"{name:<38} {floor:<38} " + " ".join(f"{column:>9}" for column in columns)


def _shown(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:.0f} {unit}"
    return f"{value * 1000:.3f} ms"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--check", action="store_true", help="fail when a figure is past its limit")
    parser.add_argument("--margin", type=float, default=MARGIN, help="with --check: times the limit (%(default)s)")
    parser.add_argument("--only", action="append", choices=ROWS, metavar="NAME", help=f"one of {', '.join(ROWS)}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
