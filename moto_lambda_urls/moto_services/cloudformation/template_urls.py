"""Addresses of templates in buckets of a local endpoint: moto knows those at AWS's names and at ``localhost``."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any
from urllib.parse import urlsplit

from ...patching.counted import counted_patches
from ...patching.late_imports import LateImports
from ...patching.patches import Method, Patches

_READERS = ("moto.cloudformation.models", "moto.cloudformation.responses")
_LOCAL = ".localhost"


def at_aws(url: str) -> str:
    """``url`` of an object with its bucket in the path and AWS's host name; one at AWS's own names as it is.

    The host of an endpoint names a bucket where moto's S3 takes it from there: a name with a dot, which is no address.

    >>> at_aws("http://127.0.0.1:5000/bucket/a/b.json")
    'https://s3.amazonaws.com/bucket/a/b.json'
    >>> at_aws("http://bucket.localhost:5000/a/b.json")
    'https://s3.amazonaws.com/bucket/a/b.json'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.endswith(".amazonaws.com"):
        return url
    in_path = "." not in host or _is_address(host)
    bucket = "" if in_path else f"/{host.removesuffix(_LOCAL) if host.endswith(_LOCAL) else host.partition('.')[0]}"
    return f"https://s3.amazonaws.com{bucket}{parts.path}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _patch(patches: Patches) -> None:
    late_import = LateImports(_READERS, lambda name: _patch_reader(sys.modules[name], patches))
    patches.callback(late_import.uninstall)
    late_import.install()


def _patch_reader(reader: Any, patches: Patches) -> None:
    patches.method(reader, "get_stack_from_s3_url", _reading)


def _reading(original: Method) -> Method:
    def get_stack_from_s3_url(template_url: str, *args: Any, **kwargs: Any) -> Any:
        return original(at_aws(template_url), *args, **kwargs)

    return get_stack_from_s3_url


_counted = counted_patches(_patch)
"""Of the process, as moto's CloudFormation is."""

install, uninstall = _counted.install, _counted.uninstall
