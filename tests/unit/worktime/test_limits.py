"""The texts of limits."""

import pytest

from worktime import Limit, LimitInvalid, Unit, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("1WD", Limit(1, Unit.WORKING_DAYS)),
        ("30ND", Limit(30, Unit.NATURAL_DAYS)),
        ("8WH", Limit(8, Unit.WORKING_HOURS)),
        ("24NH", Limit(24, Unit.NATURAL_HOURS)),
    ],
)
def test_a_limit_is_an_amount_and_a_unit(text: str, limit: Limit) -> None:
    assert parse_limit(text) == limit
    assert str(limit) == text


@pytest.mark.parametrize(
    "text", ["", "WD", "0WD", "-1WD", "1.5WD", "5 WD", "5wd", "5", "9999WD", "5XD", "５WD", "5WD\n"]
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(LimitInvalid):
        parse_limit(text)


def test_an_extension_adds_to_the_amount() -> None:
    assert parse_limit("20WD").extended(10) == parse_limit("30WD")
