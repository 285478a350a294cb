"""A webhook receiver: public, so each request must carry a signature made with the shared secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any
from urllib.parse import parse_qs

SIGNATURE_HEADER = "x-hub-signature-256"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer 202 to a delivery that is signed, 401 to any other."""
    body = raw_body(event)
    signature = event["headers"].get(SIGNATURE_HEADER, "")
    if not hmac.compare_digest(signature.encode(), sign(body, os.environ["WEBHOOK_SECRET"]).encode()):
        print(f"refused a delivery from {event['requestContext']['http']['sourceIp']}")
        return {"statusCode": 401, "body": "bad signature"}
    delivery = parse(body, event["headers"].get("content-type", ""))
    return {"statusCode": 202, "body": json.dumps({"accepted": delivery["action"]})}


def raw_body(event: dict[str, Any]) -> bytes:
    """The bytes that were sent, which are what was signed; forms and binary bodies come as base64."""
    body: str = event.get("body", "")
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def sign(body: bytes, secret: str) -> str:
    """The value of the signature header for ``body``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def parse(body: bytes, content_type: str) -> Any:
    """The delivery: JSON, or JSON in the form field ``payload``."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return json.loads(parse_qs(body.decode())["payload"][0])
    return json.loads(body)
