"""Runtimes that Lambda no longer takes."""

from __future__ import annotations

# Past their "block function create", on whichever day a test runs:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated,
# https://docs.aws.amazon.com/lambda/latest/dg/runtime-support-policy.html for those that ended before 2020. The days of
# nodejs10.x, python2.7 and 3.6, ruby2.5 and 2.7 are unconfirmed.
REFUSED = frozenset(
    {
        "nodejs",
        "nodejs4.3",
        "nodejs4.3-edge",
        "dotnetcore2.0",
        "nodejs6.10",
        "dotnetcore1.0",
        "nodejs8.10",
        "python2.7",
        "nodejs10.x",
        "ruby2.5",
        "dotnetcore2.1",
        "python3.6",
        "nodejs12.x",
        "dotnetcore3.1",
        "nodejs14.x",
        "python3.7",
        "ruby2.7",
        "go1.x",
        "java8",
        "provided",
    }
)
"""Runtimes that cannot be given to a function any more."""
