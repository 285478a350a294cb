"""Choice between the distributions that a package bundles and those of this environment."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

PATCHED = frozenset({"boto3", "botocore", "requests", "urllib3", "httpx", "aiohttp"})
"""What moto and the intercepts patch: always the environment's when it has them, with or without metadata."""

_logger = logging.getLogger("moto_lambda_urls")
_LAYER_SITE = re.compile(r"python/lib/python[\d.]+/site-packages(?=/)")
_DIST_INFO = re.compile(r"(?P<name>[^/]+?)-(?P<version>[^/-]+)\.dist-info")


@dataclass(frozen=True)
class _Bundled:
    """A distribution in the folder ``site`` of a package: its top-level modules, and the members that it records."""

    site: str
    info: str
    name: str
    version: str
    modules: frozenset[str]
    files: frozenset[str]


def patched_here() -> frozenset[str]:
    """The modules that never come from a package because this environment has them."""
    return frozenset(name for name in PATCHED if _is_here(name))


def unlike_here(names: Iterable[str]) -> Iterator[tuple[str, str, str | None]]:
    """The distributions in a package with the members ``names`` that this environment has not, or not like that.

    Gives the name, the version that is bundled, and the one that is here, None if none is.
    """
    for name in names:
        path = PurePosixPath(name)
        found = _DIST_INFO.fullmatch(path.parent.name)
        if found is not None and path.name == "METADATA":
            distribution = _normal(found["name"])
            here = _installed_version(distribution)
            if here != found["version"]:
                yield distribution, found["version"], here


def from_environment(names: Iterable[str], read: Callable[[str], str]) -> Callable[[str], bool]:
    """Decide for a package with the members ``names``: the result says of each whether the environment stands in.

    A distribution is left out when the environment has it too and nothing that only the package has shares a module
    with it, as namespace packages do. A folder of a common name (``tests``, ``src``) that holds modules of the function
    too stays. ``read`` gives a member's text.
    """
    members = list(names)
    distributions = list(_distributions(members, read))
    sites = {each.site for each in distributions} | {"", *_layer_sites(members)}
    kept = _kept(distributions)
    left_out: set[tuple[str, str]] = set()
    own = _own_modules(members, distributions)
    for each in distributions:
        if each.name not in kept:
            here = _installed_version(each.name)
            level = logging.DEBUG if here == each.version else logging.WARNING
            _logger.log(
                level, "%s: the package bundles %s, this environment's %s is used", each.name, each.version, here
            )
            modules = {(each.site, module) for module in each.modules if _is_here(module)}
            left_out |= (modules - own) | {(each.site, each.info)}
    left_out |= {(site, name) for site in sites for name in patched_here()}
    _log_bare_copies(members, sites, {each.name for each in distributions})
    return lambda name: any(key in left_out for key in _prefixes(name))


def _layer_sites(members: list[str]) -> set[str]:
    return {found[0] for name in members if (found := _LAYER_SITE.match(name))} | {"python"}


def _own_modules(members: list[str], distributions: Sequence[_Bundled]) -> set[tuple[str, str]]:
    recorded = {name for each in distributions for name in each.files}
    unrecorded = {(each.site, module) for each in distributions if not each.files for module in each.modules}
    names = {name for name in members if name.endswith(".py")} - recorded
    return {key for name in names for key in _prefixes(name)} - unrecorded


def _kept(distributions: Sequence[_Bundled]) -> set[str]:
    kept = {each.name for each in distributions if _installed_version(each.name) is None}
    while True:
        shared = {(each.site, module) for each in distributions if each.name in kept for module in each.modules}
        torn = {
            each.name
            for each in distributions
            if each.name not in kept | PATCHED and any((each.site, module) in shared for module in each.modules)
        }
        if not torn:
            return kept
        kept |= torn


def _log_bare_copies(members: list[str], sites: set[str], known: set[str]) -> None:
    tops = {key for name in members for key in _prefixes(name)}
    for name in sorted(patched_here() - known):
        if any((site, name) in tops for site in sites):
            version = _installed_version(name)
            _logger.debug(
                "%s: the package bundles a copy of unknown version, this environment's %s is used", name, version
            )


def _prefixes(name: str) -> Iterator[tuple[str, str]]:
    parts = PurePosixPath(name).parts
    for depth, part in enumerate(parts):
        yield "/".join(parts[:depth]), _module(part) or part


def _distributions(members: list[str], read: Callable[[str], str]) -> Iterator[_Bundled]:
    present = set(members)
    for name in members:
        path = PurePosixPath(name)
        found = _DIST_INFO.fullmatch(path.parent.name)
        if found is None or path.name != "METADATA":
            continue
        site = path.parent.parent
        record = str(path.parent / "RECORD")
        lines = read(record).splitlines() if record in present else []
        listed = [line.partition(",")[0].strip('"') for line in lines]
        yield _Bundled(
            site="" if str(site) == "." else str(site),
            info=path.parent.name,
            name=_normal(found["name"]),
            version=found["version"],
            modules=frozenset(_modules(listed)) or frozenset({found["name"]}),
            files=frozenset(str(site / file) for file in listed),
        )


def _modules(files: list[str]) -> Iterator[str]:
    for file in files:
        top, slash, _ = file.partition("/")
        if slash and "." not in top and top != "__pycache__":
            yield top
        elif not slash and (module := _module(top)):
            yield module


def _module(file_name: str) -> str | None:
    stem, _, suffix = file_name.partition(".")
    return stem if suffix.rpartition(".")[2] in ("py", "so", "pyd") else None


def _is_here(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # loaded without a spec
        return True


def _installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
