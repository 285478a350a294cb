"""Regions in which Lambda has no function URLs."""

from __future__ import annotations

READ_ON = "2026-10"
"""When the list below was compared with AWS's."""

WITHOUT_URLS = frozenset(
    {
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-urls.html"""
