"""Deployment packages that must not be unzipped."""

from __future__ import annotations

import io
import stat
import struct
import zipfile


def zip_of(*members: tuple[zipfile.ZipInfo | str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        for member, content in members:
            package.writestr(member, content)
    return buffer.getvalue()


def member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def encrypted() -> bytes:
    content = bytearray(zip_of(("app.py", b"x = 1")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def lying_about_its_size() -> bytes:
    content = bytearray(zip_of(("app.py", b"0" * 1_000_000), compression=zipfile.ZIP_DEFLATED))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 10)
    return bytes(content)


def of_unknown_compression() -> bytes:
    content = bytearray(zip_of(("app.py", b"x = 1")))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + offset] = 97
    return bytes(content)


def bomb_that_claims_to_be_small(compression: int) -> bytes:
    content = bytearray(zip_of(("app.py", bytes(50_000_000)), compression=compression))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 10)
    return bytes(content)


def damaged() -> bytes:
    return zip_of(("app.py", b"x = 1")).replace(b"x = 1", b"y = 2")


HOSTILE: dict[str, bytes] = {
    "slip": zip_of(("../evil.py", b"")),
    "deep slip": zip_of(("a/b/../../../evil.py", b"")),
    "slip that comes back": zip_of(("../task/app.py", b"")),
    "slip by folder": zip_of(("../evil/", b"")),
    "absolute": zip_of(("/tmp/evil.py", b"")),
    "two slashes": zip_of(("//tmp/evil.py", b"")),
    "symbolic link": zip_of((member("link", stat.S_IFLNK | 0o777), b"/etc")),
    "link, then through it": zip_of((member("link", stat.S_IFLNK | 0o777), b"/tmp"), ("link/evil.py", b"")),
    "pipe": zip_of((member("pipe", stat.S_IFIFO | 0o666), b"")),
    "device": zip_of((member("null", stat.S_IFCHR | 0o666), b"")),
    "encrypted": encrypted(),
    "lying about its size": lying_about_its_size(),
    "unknown compression": of_unknown_compression(),
    "bzip2": bomb_that_claims_to_be_small(zipfile.ZIP_BZIP2),
    "LZMA": bomb_that_claims_to_be_small(zipfile.ZIP_LZMA),
    "damaged": damaged(),
    "file that is also a folder": zip_of(("a", b""), ("a/b.py", b"")),
    "name too long": zip_of(("a" * 300 + ".py", b"")),
}
