"""A class for each of AWS's error codes."""

from __future__ import annotations

import json

import pytest

from moto_lambda_urls.control import exceptions
from moto_lambda_urls.control.exceptions import ApiError, ResourceNotFoundException, TooManyRequestsException
from moto_lambda_urls.messages.service_model import service_model

CLASSES = sorted(ApiError.__subclasses__(), key=lambda each: each.__name__)


@pytest.mark.parametrize("error", CLASSES)
def test_status_is_the_service_models(error: type[ApiError]) -> None:
    if error.__name__ in service_model().shape_names:
        assert error.code == service_model().shape_for(error.__name__).metadata["error"]["httpStatusCode"]


def test_docstring_draws_the_tree() -> None:
    drawn = [line.split()[1:] for line in str(exceptions.__doc__).splitlines() if "── " in line]
    assert drawn == [[each.__name__, str(each.code)] for each in CLASSES]


def test_body_has_the_members_of_the_service_model() -> None:
    assert json.loads(ResourceNotFoundException("gone").description) == {"Type": "User", "Message": "gone"}
    assert json.loads(exceptions.AccessDeniedException("no").description) == {"message": "no"}
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    expected = {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}
    assert json.loads(TooManyRequestsException(reason).description) == expected
