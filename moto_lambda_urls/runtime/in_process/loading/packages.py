"""Deployment packages and layers: checked as AWS checks them, and unzipped where nothing can leave the folder."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from .bundled import from_environment, own_extensions

MAX_ZIPPED = 52_428_800
MAX_UNZIPPED = 262_144_000
MAX_MEMBERS = 200_000
"""A decision: AWS states no limit on the number of files; a zip of empty ones must not fill the disk's tables."""

_IN_LAYER = re.compile(r"python/(?:lib/python[\d.]+/site-packages/)?")
_ZIP_SIGNATURE = b"PK\x03\x04"
_MAX_NAME_BYTES = 255
_READ_BYTES = 65_536
_ENCRYPTED = 0x1
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What zipfile raises for damaged, encrypted, unknown or unwritable members."""


class PackageRefused(Exception):  # noqa: N818 - AWS's answer to the upload
    """AWS does not take this package: ``status``, ``code`` and ``message`` are the API's answer."""

    def __init__(self, message: str, *, status: int = 400, code: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class NotAPackage(PackageRefused):
    """The bytes are no zip, or one that must not be unzipped: ``reason`` says which member, the message is AWS's."""

    def __init__(self, reason: str) -> None:
        super().__init__("Could not unzip uploaded file. Please check your file, then try to upload again.")
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.message} ({self.reason})"


def is_zip(archive: bytes) -> bool:
    """Whether ``archive`` is meant to be a zip, damaged perhaps: tests deploy placeholders that are none."""
    return archive.startswith(_ZIP_SIGNATURE) or zipfile.is_zipfile(io.BytesIO(archive))


def check_upload(archive: bytes) -> None:
    """Raise what AWS answers to a direct upload of ``archive``.

    :raises PackageRefused: 413 over 50 MB zipped; 400 for 250 MB or more unzipped, no zip, or a hostile one.
    """
    if len(archive) > MAX_ZIPPED:
        message = f"Zipped size must be smaller than {MAX_ZIPPED} bytes"
        raise PackageRefused(message, status=413, code="RequestEntityTooLargeException")
    check_contents([archive])


def check_contents(archives: Sequence[bytes]) -> None:
    """Raise what AWS answers when these archives are put together in one function.

    :raises PackageRefused: 250 MB or more unzipped together, not a zip, or a hostile one.
    """
    if sum(map(unzipped_size, archives)) >= MAX_UNZIPPED:
        raise PackageRefused(f"Unzipped size must be smaller than {MAX_UNZIPPED} bytes")


def unzipped_size(archive: bytes) -> int:
    """The bytes of the members of ``archive``.

    :raises PackageRefused: not a zip, or a hostile one.
    """
    size = 0
    for member in _open(archive).infolist():
        _check_member(member)
        size += member.file_size
    return size


def member_names(archive: bytes) -> list[str]:
    """The names in ``archive``; none when it is no zip.

    :raises PackageRefused: it is one, but cannot be read.
    """
    if not is_zip(archive):
        return []
    with _open(archive) as package:
        return package.namelist()


def extensions_of(archive: bytes) -> list[str]:
    """The C extensions in ``archive`` that no distribution of this environment stands for; none when it is no zip.

    :raises PackageRefused: it is one, but cannot be read.
    """
    if not is_zip(archive):
        return []
    with _open(archive) as package:
        return own_extensions(package.namelist(), _reader(package))


def has_module(handler: str, package: Iterable[str], layers: Iterable[str]) -> bool:
    """Whether the module that a ``handler`` is in, as in ``"folder/module.function"``, is among these members."""
    module = handler.rpartition(".")[0].replace(".", "/")
    names = {*package, *(_IN_LAYER.sub("", name, count=1) for name in layers)}
    return bool(module) and any(name.startswith((f"{module}.", f"{module}/")) for name in names)


def check_readable(archive: bytes) -> None:
    """Read ``archive`` to its end, as AWS does when it is uploaded; sizes are the caller's to check before.

    :raises PackageRefused: not a zip, or a hostile one, or a damaged one.
    """
    with _open(archive) as package:
        members = package.infolist()
        for member in members:
            _check_member(member)
        _check_names(members)
        for member in members:
            try:
                with package.open(member) as content:
                    while content.read(_READ_BYTES):
                        pass
            except _UNREADABLE as error:
                raise NotAPackage(f"{member.filename!r}: {error}") from error


def unpack(archive: bytes, folder: Path, *, whole: bool = False) -> None:
    """Unzip ``archive`` into ``folder``, over what is there, as AWS puts layers over each other.

    Distributions that this environment has installed too are left out (see ``bundled``), unless the ``whole`` package
    is wanted. Nothing is written outside ``folder``; sizes are the caller's to check before.

    :raises PackageRefused: not a zip, or a hostile one.
    """
    with _open(archive) as package:
        members = package.infolist()
        for member in members:
            _check_member(member)
        left_out = _nothing if whole else from_environment([member.filename for member in members], _reader(package))
        for member in members:
            if not left_out(member.filename):
                _extract(package, member, folder)


def _nothing(_name: str) -> bool:
    return False


def _open(archive: bytes) -> zipfile.ZipFile:
    try:
        package = zipfile.ZipFile(io.BytesIO(archive))
    except _UNREADABLE as error:
        raise NotAPackage(str(error)) from error
    if len(package.infolist()) > MAX_MEMBERS:
        raise NotAPackage(f"it has more than {MAX_MEMBERS} members")
    return package


def _reader(package: zipfile.ZipFile) -> Callable[[str], str]:
    def read(name: str) -> str:
        try:
            return package.read(name).decode("utf-8", "replace")
        except _UNREADABLE as error:
            raise NotAPackage(f"{name!r}: {error}") from error

    return read


def _check_member(member: zipfile.ZipInfo) -> None:
    # A decision: bzip2 and LZMA are refused. zipfile inflates their input a whole piece at a time, whatever size the
    # member claims: 4 KB of bzip2 can be gigabytes.
    name = member.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or Path(name).drive or (os.sep != "/" and os.sep in name):
        raise NotAPackage(f"{name!r} leaves the package's folder")
    if not path.parts and not name.endswith("/"):
        raise NotAPackage("a member has no name")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise NotAPackage(f"{name!r} is a link or a device")
    if member.flag_bits & _ENCRYPTED:
        raise NotAPackage(f"{name!r} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotAPackage(f"{name!r} is compressed in another way than deflate")


def _check_names(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse names that no file system takes together."""
    paths = [PurePosixPath(member.filename) for member in members]
    folders = {parent for path in paths for parent in path.parents}
    for member, path in zip(members, paths, strict=True):
        if not member.is_dir() and path in folders:
            raise NotAPackage(f"{member.filename!r} is a file and a folder")
        if any(len(part.encode("utf-8", "replace")) > _MAX_NAME_BYTES for part in path.parts):
            raise NotAPackage(f"{member.filename!r} has a name that is too long")


def _extract(package: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    target = folder / member.filename
    try:
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with package.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        if member.external_attr >> 16 & stat.S_IXUSR:
            target.chmod(0o755)
    except _UNREADABLE as error:
        raise NotAPackage(f"{member.filename!r}: {error}") from error
