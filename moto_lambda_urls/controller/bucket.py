"""The bucket that files of a template are uploaded to."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Any

_WITHOUT_LOCATION = "us-east-1"


class Bucket:
    """A bucket that is made with the first upload; equal contents are uploaded once.

    :param s3: a boto3 client.
    """

    def __init__(self, s3: Any, name: str) -> None:
        self._s3 = s3
        self._made = False
        self.name = name

    def upload(self, content: bytes, *, suffix: str) -> str:
        """The key of ``content``: its hash and ``suffix``."""
        key = f"{sha256(content).hexdigest()[:32]}{suffix}"
        self.put(key, content)
        return key

    def put(self, key: str, content: bytes) -> None:
        """Upload ``content`` as ``key``, which is known to hold nothing else."""
        self._make()
        self._s3.put_object(Bucket=self.name, Key=key, Body=content)

    def has(self, key: str) -> bool:
        """Whether ``key`` was uploaded before."""
        self._make()
        found = self._s3.list_objects_v2(Bucket=self.name, Prefix=key).get("Contents", [])
        return any(each["Key"] == key for each in found)

    def _make(self) -> None:
        if self._made:
            return
        region = self._s3.meta.region_name
        place = {} if region == _WITHOUT_LOCATION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        with suppress(self._s3.exceptions.BucketAlreadyOwnedByYou):
            self._s3.create_bucket(Bucket=self.name, **place)
        self._made = True
