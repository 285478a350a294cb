"""Deployment packages made of what is on the disk: a folder, one Python file, or a zip as it is."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..runtime.in_process.loading.packages import MAX_UNZIPPED, MAX_ZIPPED
from .exclusions import NEVER_PACKAGED, Exclusions

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest one that a zip can hold, for every member: equal folders make equal packages."""
_NAMED_FILES = 3
_MEGABYTE = 1024 * 1024
_SIGNATURES = (
    (257, b"ustar", "a tar archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\x7fELF", "a program"),
    (0, b"#!", "a script"),
)
_SIGNED_BYTES = 262


def package(path: Path, *, exclude: Iterable[str] = (), dependencies: Path | None = None) -> bytes:
    """The zip of a folder or of one ``.py`` file, the same bytes for the same content; a zip as it is.

    A folder is packaged as ``aws cloudformation package`` does: its files with their modes, and what links lead to in
    the place of links; folders without files are left out. So is what never belongs in a package
    (``exclusions.NEVER_PACKAGED``, and virtual environments of any name).

    :param exclude: patterns of more files to leave out, as in a .gitignore; ``"!.vscode/"`` takes back.
    :param dependencies: a folder with installed distributions to package too; files of ``path`` go first.
    :raises FileNotFoundError: there is no such file or folder.
    :raises ValueError: it is something else, has no files, or unzipped is larger than Lambda takes.
    """
    if path.is_dir():
        files = dict(_files(path, Exclusions((*NEVER_PACKAGED, *exclude))))
    elif path.suffix == ".py" and path.is_file():
        files = {path.name: path}
    elif zipfile.is_zipfile(path):
        return path.read_bytes()
    else:
        raise ValueError(f"{str(path)!r} is {_kind(path)}: give a folder, a .py file or a zip")
    if not files:
        raise ValueError(f"the folder {str(path)!r} has no files to deploy")
    if dependencies is not None:
        files = {**dict(_files(dependencies, Exclusions(("__pycache__/", "/bin/")))), **files}
    return _zipped(files, path)


def check_upload_size(zipped: bytes, path: Path) -> None:
    """Refuse a package of ``path`` that is larger than CreateFunction takes without a bucket.

    :raises ValueError: it is.
    """
    if len(zipped) > MAX_ZIPPED:
        raise ValueError(
            f"the package of {str(path)!r} is {_megabytes(len(zipped))} as a zip, and Lambda takes "
            f"{_megabytes(MAX_ZIPPED)} in an upload: exclude= leaves files out, and a bucket takes more"
        )


def _files(root: Path, exclusions: Exclusions) -> Iterator[tuple[str, Path]]:
    """The members for the files below ``root``: name and file. A link stands for what it leads to."""

    def below(folder: Path, prefix: str, within: frozenset[Path]) -> Iterator[tuple[str, Path]]:
        for path in folder.iterdir():
            name = f"{prefix}{path.name}"
            is_folder = path.is_dir()
            if exclusions.leave_out(name, is_folder=is_folder) or (path / "pyvenv.cfg").is_file():
                continue
            if is_folder:
                real = path.resolve()
                if real in within:
                    raise ValueError(f"{str(path)!r} links to a folder that it is in: exclude={name!r} leaves it out")
                yield from below(path, f"{name}/", within | {real})
            elif path.is_file():
                yield name, path
            else:
                raise ValueError(f"{str(path)!r} is {_kind(path)}: exclude={name!r} leaves it out")

    return below(root, "", frozenset({root.resolve()}))


def _zipped(files: Mapping[str, Path], path: Path) -> bytes:
    sizes = {name: file.stat().st_size for name, file in files.items()}
    if sum(sizes.values()) >= MAX_UNZIPPED:
        largest = sorted(sizes, key=lambda name: -sizes[name])[:_NAMED_FILES]
        named = ", ".join(f"{name} ({_megabytes(sizes[name])})" for name in largest)
        raise ValueError(
            f"{str(path)!r} has {_megabytes(sum(sizes.values()))} of files, and Lambda takes less than "
            f"{_megabytes(MAX_UNZIPPED)}; the largest: {named}. exclude= leaves files out"
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = 3  # Unix, whose modes external_attr has
            member.external_attr = (stat.S_IFREG | _mode(files[name])) << 16
            archive.writestr(member, files[name].read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _mode(file: Path) -> int:
    return 0o755 if os.name == "nt" else stat.S_IMODE(file.stat().st_mode)  # Windows has no mode to execute


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB"


def _kind(path: Path) -> str:
    """What is at ``path``, in words.

    :raises FileNotFoundError: nothing is.
    """
    if path.is_symlink() and not path.exists():
        return f"a link to {str(path.readlink())!r}, which is not there"
    if not stat.S_ISREG(path.stat().st_mode):
        return "neither a file nor a folder"
    with path.open("rb") as file:
        start = file.read(_SIGNED_BYTES)
    if not start:
        return "an empty file"
    kinds = (kind for offset, signature, kind in _SIGNATURES if start.startswith(signature, offset))
    return next(kinds, f"a file {path.suffix}".rstrip())
