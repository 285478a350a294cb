"""The error that makes moto's CloudFormation refuse a request."""

from __future__ import annotations


def validation_error(message: str) -> Exception:
    """moto's ValidationError with AWS's status and code for it."""
    from moto.cloudformation.exceptions import ValidationError  # takes a second to import, so not with a mock

    return ValidationError(message=message)
