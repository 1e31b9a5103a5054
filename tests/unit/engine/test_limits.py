"""Limit texts are read exactly or refused with what is accepted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine.limits import Limit, LimitInvalid, Unit, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5WD", Limit(5, Unit.WORKING_DAYS)),
        (" 1WD ", Limit(1, Unit.WORKING_DAYS)),
        ("30ND", Limit(30, Unit.NATURAL_DAYS)),
        ("8WH", Limit(8, Unit.WORKING_HOURS)),
        ("24NH", Limit(24, Unit.NATURAL_HOURS)),
        ("PT30M", Limit(1_800, Unit.SECONDS)),
        ("PT0S", Limit(0, Unit.SECONDS)),
        ("P1D", Limit(86_400, Unit.SECONDS)),
        ("P2W", Limit(14 * 86_400, Unit.SECONDS)),
        ("P1DT2H3M4S", Limit(86_400 + 2 * 3_600 + 3 * 60 + 4, Unit.SECONDS)),
        ("2026-11-03", Limit(date(2026, 11, 3), Unit.INSTANT)),
        ("2026-11-03T09:30Z", Limit(datetime(2026, 11, 3, 9, 30, tzinfo=UTC), Unit.INSTANT)),
        (
            "2026-11-03T17:30:00+08:00",
            Limit(datetime(2026, 11, 3, 17, 30, tzinfo=timezone(timedelta(hours=8))), Unit.INSTANT),
        ),
    ],
)
def test_limit_is_read(text: str, limit: Limit) -> None:
    assert parse_limit(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "WD",
        "0WD",
        "-1WD",
        "1.5WD",
        "5 WD",
        "5wd",
        "５WD",
        "9999999WD",
        "3661WD",
        "5WD 3ND",
        "P",
        "PT",
        "P1DT",
        "P1Y",
        "P1M",
        "P-1D",
        "PT999999999H",
        "R3/PT1H",
        "2026-13-01",
        "2026-02-30",
        "2026-11-03T17:30:00",
        "2026-11-03 17:30",
        "20261103",
        "=limit",
        "5WD; drop",
        "P" + "1" * 100 + "D",
    ],
)
def test_text_is_no_limit(text: str) -> None:
    with pytest.raises(LimitInvalid, match="期限写作"):
        parse_limit(text)
