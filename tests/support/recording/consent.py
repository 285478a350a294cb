"""Which place a run may ask: AWS only by an account's number, given and met; our own server otherwise."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

NO_CONSENT = """\
Nothing was asked, and nothing was made. Say where to ask:

  --own-server              our own server, started for this in a process of its own
  --endpoint-url URL        a server of ours that runs already, on this machine
  --account 123456789012    AWS, with the credentials that boto3 finds, in the account of that number and no other

On AWS this makes roles, about a hundred functions with their URLs, queues, a layer and a stack, all called
mlu-record-..., asks them, and deletes them at the end. It takes up to 45 minutes and costs some cents."""


OF_AWS_ITSELF: dict[str, Any] = {"ignore_configured_endpoint_urls": True}
"""Settings of clients: AWS is AWS, whatever AWS_ENDPOINT_URL says."""


class RefusedError(Exception):
    """The run may not begin; the message says why."""


def check_account(session: boto3.Session, account: str) -> None:
    """Make sure that ``session`` is in the AWS account ``account``: its caller's identity is all that is asked.

    :raises RefusedError: it is in another, or in none, or ``account`` is no account's number.
    """
    if not re.fullmatch("[0-9]{12}", account):
        raise RefusedError(f"--account {account}: an account's number has twelve digits. Nothing was made.")
    if session.region_name is None:
        raise RefusedError("No region: give one with --region. Nothing was made.")
    config = Config(**OF_AWS_ITSELF)
    try:
        found: Any = session.client("sts", config=config).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise RefusedError(f"AWS does not say whose credentials these are: {error} Nothing was made.") from error
    if found != account:
        raise RefusedError(f"The credentials are of the account {found}, not of {account}. Nothing was made.")


def check_own(endpoint_url: str) -> None:
    """Make sure that ``endpoint_url`` is on this machine.

    :raises RefusedError: it is not.
    """
    parts = urlsplit(endpoint_url)
    host = parts.hostname or ""
    if parts.scheme != "http" or not (host == "localhost" or _is_loopback(host)):
        raise RefusedError(f"--endpoint-url {endpoint_url} is not http:// on this machine. Nothing was made.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
