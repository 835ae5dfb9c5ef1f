"""A deployment's variables."""

from __future__ import annotations

import pytest

from tests.serving import settings


def test_nothing_is_set() -> None:
    read = settings()
    assert (read.track_keys, read.analytics_keys, read.allowed_origins) == ((), (), ())
    assert (read.analytics_public, read.pepper, read.retention_days) == (False, None, 90)


def test_each_variable_has_its_setting() -> None:
    read = settings(
        TRACK_API_KEY="a",
        ANALYTICS_API_KEY="b",
        ANALYTICS_PUBLIC="true",
        ALLOWED_ORIGINS="https://c.example",
        HASH_PEPPER="ü",
        RETENTION_DAYS="30",
    )
    assert (read.track_keys, read.analytics_keys, read.allowed_origins) == (("a",), ("b",), ("https://c.example",))
    assert (read.analytics_public, read.pepper, read.retention_days) == (True, "ü".encode(), 30)


@pytest.mark.parametrize("text", ["a,b", " a , b ", ",a,,b,", "a,\tb\n"])
def test_several_stand_in_one_variable(text: str) -> None:
    assert settings(TRACK_API_KEY=text).track_keys == ("a", "b")


@pytest.mark.parametrize("text", ["", ",", " , "])
def test_an_empty_key_is_none(text: str) -> None:
    assert settings(TRACK_API_KEY=text).track_keys == ()


@pytest.mark.parametrize("text", ["", "True", "1", "yes", " true"])
def test_only_true_opens_analytics(text: str) -> None:
    assert settings(ANALYTICS_PUBLIC=text).analytics_public is False


@pytest.mark.parametrize(
    ("text", "days"), [("1", 1), ("007", 7), ("0", 90), ("-1", 90), ("1.5", 90), ("ten", 90), ("²", 90), ("٣", 90)]
)
def test_retention_is_a_number_of_days(text: str, days: int) -> None:
    assert settings(RETENTION_DAYS=text).retention_days == days
