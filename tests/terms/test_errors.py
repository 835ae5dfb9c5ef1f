"""What can go wrong, as it is told."""

from __future__ import annotations

from terms.errors import InvalidError, RequestError


def test_an_error_has_one_shape() -> None:
    assert RequestError(404, "There is nothing.").as_dict() == {"success": False, "error": "There is nothing."}
    error = InvalidError("days", "days must be a number.")
    assert error.as_dict() == {"success": False, "error": "days must be a number.", "field": "days"}
    assert error.reason() == {"error": "days must be a number.", "field": "days"}
    assert (error.status, str(error)) == (400, "days must be a number.")
    assert isinstance(error, RequestError)


def test_headers_go_with_an_error_and_are_its_own() -> None:
    assert RequestError(401, "No.", headers={"WWW-Authenticate": "Bearer"}).headers == {"WWW-Authenticate": "Bearer"}
    RequestError(404, "No.").headers["X"] = "y"
    assert RequestError(404, "No.").headers == {}
