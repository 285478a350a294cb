"""Which distributions a package bundles, and which of them this environment's own stand in for."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

PATCHED = frozenset({"boto3", "botocore", "requests", "urllib3", "httpx", "aiohttp"})
"""What moto and the intercepts patch: always the environment's when it has them, with or without metadata."""

_logger = logging.getLogger("moto_lambda_urls")
_LAYER_SITE = re.compile(r"\Apython/(?:lib/python[\d.]+/site-packages/)?")
_DIST_INFO = re.compile(r"(?P<name>[^/]+?)-(?P<version>[^/-]+)\.dist-info")
_EXTENSIONS = (".so", ".pyd")
_LIBRARY = re.compile(r"(?:\A|/)lib[^/]*\Z")
"""What an extension or ctypes loads."""

Read = Callable[[str], str]
"""Gives the text of a package's member."""


@dataclass(frozen=True)
class _Bundled:
    """A distribution whose metadata is in the folder ``info`` of a package, and the version that is here, if any."""

    name: str
    version: str
    here: str | None
    info: PurePosixPath

    def members(self, present: frozenset[str], read: Read) -> Iterator[str]:
        """The files and folders that are the distribution's: those that it records, or else what has its name."""
        yield str(self.info)
        record = str(self.info / "RECORD")
        if record in present:
            yield from (str(self.info.parent / line.partition(",")[0].strip('"')) for line in read(record).splitlines())
        else:
            module = str(self.info.parent / self.info.name.partition("-")[0])
            yield from (module, f"{module}.py")


def patched_here() -> frozenset[str]:
    """The modules that never come from a package because this environment has them."""
    return frozenset(name for name in PATCHED if _is_here(name))


def unlike_here(names: Iterable[str]) -> Iterator[tuple[str, str, str | None]]:
    """The distributions in a package with the members ``names`` that this environment has not, or not like that.

    Gives the name, the version that is bundled, and the one that is here, None if none is.
    """
    for each in _distributions(names):
        if each.here != each.version:
            yield each.name, each.version, each.here


def own_extensions(names: Iterable[str], read: Read) -> list[str]:
    """The C extensions of a package with the members ``names`` that no distribution of this environment stands for."""
    present = frozenset(names)
    extensions = sorted(name for name in present if name.endswith(_EXTENSIONS) and not _LIBRARY.search(name))
    if not extensions:
        return []
    left_out = _left_out(present, _in_both(present), read)
    return [name for name in extensions if not left_out(name)]


def from_environment(names: Iterable[str], read: Read) -> Callable[[str], bool]:
    """Decide for a package with the members ``names``: the result says of each whether the environment stands in.

    That is what distributions bring which are installed here too, in whichever version, and what has the name of a
    module that is patched here. The log says which.
    """
    present = frozenset(names)
    in_both = _in_both(present)
    for each in in_both:
        level = logging.DEBUG if each.here == each.version else logging.WARNING
        _logger.log(
            level, "%s: the package bundles %s, this environment's %s is used", each.name, each.version, each.here
        )
    for name in sorted({_top(name) for name in present} & patched_here() - {each.name for each in in_both}):
        _logger.debug(
            "%s: the package bundles a copy of unknown version, this environment's %s is used",
            name,
            _installed_version(name),
        )
    return _left_out(present, in_both, read)


def _in_both(present: frozenset[str]) -> list[_Bundled]:
    return [each for each in _distributions(sorted(present)) if each.here is not None]


def _left_out(present: frozenset[str], in_both: Iterable[_Bundled], read: Read) -> Callable[[str], bool]:
    left_out = {member for each in in_both for member in each.members(present, read)}
    patched = patched_here()

    def is_left_out(name: str) -> bool:
        path = PurePosixPath(name)
        return _top(name) in patched or any(str(each) in left_out for each in (path, *path.parents))

    return is_left_out


def _top(name: str) -> str:
    """The module that a member is, or that it is in, where the package's folders or a layer's are searched."""
    return _LAYER_SITE.sub("", name).partition("/")[0].partition(".")[0]


def _distributions(names: Iterable[str]) -> Iterator[_Bundled]:
    for name in names:
        if not name.endswith(".dist-info/METADATA"):
            continue
        info = PurePosixPath(name).parent
        found = _DIST_INFO.fullmatch(info.name)
        if found is not None:
            distribution = re.sub(r"[-_.]+", "-", found["name"]).lower()
            yield _Bundled(distribution, found["version"], _installed_version(distribution), info)


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
