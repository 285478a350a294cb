from __future__ import annotations

import io
import os
import socket
import stat
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from support.builders import make_zip

from moto_lambda_urls.controller import packaging
from moto_lambda_urls.controller.packaging import check_upload_size, package

NEEDS_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")
    return folder


def opened(package: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(package))


def test_folder(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "orders/model.py", "orders/__init__.py", "data/page.html", "node_modules/x/index.js")
    (tmp_path / "empty").mkdir()
    archive = opened(package(tmp_path))
    assert archive.namelist() == [
        "app.py",
        "data/page.html",
        "node_modules/x/index.js",
        "orders/__init__.py",
        "orders/model.py",
    ]
    assert archive.read("orders/model.py") == b"# orders/model.py\n"


def test_one_file(tmp_path: Path) -> None:
    write(tmp_path, "chat.py", "other.py")
    assert opened(package(tmp_path / "chat.py")).namelist() == ["chat.py"]


def test_zip_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "function.zip"
    file.write_bytes(make_zip("handler = print"))
    assert package(file) == file.read_bytes()


def test_same_content_same_bytes(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", "b.py", "a.py"), write(tmp_path / "two", "a.py", "b.py")
    os.utime(two / "a.py", (1_000_000_000, 1_000_000_000))
    assert package(one) == package(two)
    assert {member.date_time for member in opened(package(one)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
def test_modes(tmp_path: Path) -> None:
    write(tmp_path, "bootstrap", "app.py")
    (tmp_path / "bootstrap").chmod(0o755)
    (tmp_path / "app.py").chmod(0o640)
    modes = {member.filename: member.external_attr >> 16 for member in opened(package(tmp_path)).infolist()}
    assert modes == {"app.py": stat.S_IFREG | 0o640, "bootstrap": stat.S_IFREG | 0o755}


def test_what_never_belongs_in_a_package(tmp_path: Path) -> None:
    write(tmp_path, "app.py", ".git/config", "__pycache__/app.pyc", "orders/__pycache__/x.pyc", ".mypy_cache/x", ".env")
    write(tmp_path, "any-name/pyvenv.cfg", "any-name/lib/x.py", ".venv/lib/x.py", "orders/.DS_Store")
    assert opened(package(tmp_path)).namelist() == [".env", "app.py"]


def test_exclude(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "tests/test_app.py", "lib/tests/x.py", "lib/notes.md", "README.md", ".vscode/settings")
    names = opened(package(tmp_path, exclude=["/tests/", "*.md", "!lib/notes.md", "!.vscode/"])).namelist()
    assert names == [".vscode/settings", "app.py", "lib/notes.md", "lib/tests/x.py"]


def test_dependencies_beside_the_code(tmp_path: Path) -> None:
    code = write(tmp_path / "code", "app.py", "six.py")
    installed = write(tmp_path / "installed", "six.py", "bin/tool", "yaml/__init__.py", "yaml/__pycache__/x.pyc")
    archive = opened(package(code, dependencies=installed))
    assert archive.namelist() == ["app.py", "six.py", "yaml/__init__.py"]
    assert archive.read("six.py") == (code / "six.py").read_bytes()


@NEEDS_LINKS
def test_links_are_followed(tmp_path: Path) -> None:
    shared = write(tmp_path / "shared", "model.py")
    code = write(tmp_path / "code", "app.py")
    (code / "shared").symlink_to(shared)
    (code / "again.py").symlink_to(code / "app.py")
    archive = opened(package(code))
    assert archive.namelist() == ["again.py", "app.py", "shared/model.py"]
    assert {stat.S_IFMT(member.external_attr >> 16) for member in archive.infolist()} == {stat.S_IFREG}


@NEEDS_LINKS
def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    write(tmp_path, "app.py")
    (tmp_path / "gone").symlink_to("nowhere")
    with pytest.raises(
        ValueError, match=r"/gone' is a link to 'nowhere', which is not there: exclude='gone' leaves it"
    ):
        package(tmp_path)
    (tmp_path / "gone").unlink()
    (tmp_path / "self").symlink_to(tmp_path)
    with pytest.raises(ValueError, match=r"/self' links to a folder that it is in: exclude='self' leaves it out$"):
        package(tmp_path)
    assert opened(package(tmp_path, exclude=["self"])).namelist() == ["app.py"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("notes.txt", b"text", "a file .txt"),
        ("Makefile", b"text", "a file"),
        ("function.tar", None, "a tar archive"),
        ("app.gz", b"\x1f\x8b\x08\x00", "a gzip file"),
        ("run.sh", b"#!/bin/sh\n", "a script"),
        ("nothing.zip", b"", "an empty file"),
    ],
)
def test_what_it_is_instead(tmp_path: Path, name: str, content: bytes | None, kind: str) -> None:
    file = tmp_path / name
    if content is None:
        with tarfile.open(file, "w") as archive:
            archive.add(write(tmp_path, "app.py") / "app.py")
    else:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=f"/{name}' is {kind}: give a folder, a .py file or a zip$"):
        package(file)


@pytest.mark.skipif(sys.platform == "win32", reason="no sockets in folders there")
def test_socket_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("live")
        with pytest.raises(ValueError, match=r"/live' is neither a file nor a folder: exclude='live' leaves it out$"):
            package(tmp_path)


def test_folder_without_files(tmp_path: Path) -> None:
    write(tmp_path, ".git/config")
    with pytest.raises(ValueError, match=r"' has no files to deploy$"):
        package(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    for name in ("src", "app.py", "function.zip"):
        with pytest.raises(FileNotFoundError):
            package(tmp_path / name)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(write(tmp_path, "app.py") / "model.bin", "wb") as file:
        file.truncate(262_144_000)
    with pytest.raises(
        ValueError,
        match=r"has 250\.0 MB of files, and Lambda takes less than 250\.0 MB; the largest: model\.bin \(250\.0 MB\), "
        r"app\.py \(0\.0 MB\)\. exclude= leaves files out$",
    ):
        package(tmp_path)
    monkeypatch.setattr(packaging, "MAX_ZIPPED", 10)
    with pytest.raises(ValueError, match=r"/src' is 0\.0 MB as a zip, and Lambda takes 0\.0 MB in an upload: exclude="):
        check_upload_size(b"12345678901", Path("/src"))
