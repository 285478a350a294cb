"""Requests to CloudFormation that somebody else is made to send."""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import quote

STACK = "Action=CreateStack&StackName=x&TemplateBody=%7B%22Resources%22%3A%7B%7D%7D"
SCOPE = "Ojo6/aaa/aaa/cloudformation/aaaa"
"""Base64 of a name and a password, and for moto's dispatcher the credential scope of CloudFormation."""
USERINFO = quote(b64decode(SCOPE).decode("latin-1"), safe=":")
