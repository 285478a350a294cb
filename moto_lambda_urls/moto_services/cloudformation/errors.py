"""moto's ValidationError, made from a message; `resources.py` decides which refusals become one."""

from __future__ import annotations


def validation_error(message: str) -> Exception:
    """moto's ValidationError with AWS's status and code for it."""
    from moto.cloudformation.exceptions import ValidationError  # takes a second to import, so not with a mock

    return ValidationError(message=message)
