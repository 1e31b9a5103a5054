"""The strict fields take exactly what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from marshmallow import ValidationError, fields

from api.fields import Amount, Choice, Day, Identifier, Input, Listed, Moment, Text, Truth, Whole

ID = "3f2c1c0e-8f0a-4b57-9f3c-0d8b6f1f2a11"


@pytest.mark.parametrize(
    ("field", "sent", "taken"),
    [
        (Text(), "甲", "甲"),
        (Text(), " 甲 ", " 甲 "),
        (Text(), "𠮷野家", "𠮷野家"),
        (Text(lines=True), "一\n\t二", "一\n\t二"),
        (Text(shortest=0), "", ""),
        (Whole(1, 200), 7, 7),
        (Whole(1, 200), "7", 7),
        (Whole(-5, 5), "-5", -5),
        (Truth(), True, True),
        (Truth(), False, False),
        (Choice("a", "b"), "b", "b"),
        (Identifier(), ID, UUID(ID)),
        (Identifier(), ID.upper(), UUID(ID)),
        (Day(), "2028-02-29", date(2028, 2, 29)),
        (Moment(), "2026-01-31T09:00:00+08:00", datetime(2026, 1, 31, 1, tzinfo=UTC)),
        (Moment(), "2026-01-31T01:00:00Z", datetime(2026, 1, 31, 1, tzinfo=UTC)),
        (Amount(), "0", Decimal(0)),
        (Amount(), "9999999999.9999", Decimal("9999999999.9999")),
        (Listed(Choice("a", "b"), least=1, most=2), ["a", "b"], ["a", "b"]),
    ],
)
def test_what_is_right_is_taken(field: fields.Field[Any], sent: Any, taken: Any) -> None:
    assert field.deserialize(sent) == taken


WRONG: list[tuple[fields.Field[Any], list[Any]]] = [
    (Text(longest=3), ["", " ", "\n", "　", "甲\0", "甲\n", "\u200b", "四个字长", 1, None, []]),
    (Text(pattern="[0-9]{3}", shortest=3, longest=3), ["12", "1234", "12a", "１２３", "123\n"]),
    (Whole(1, 200), [0, 201, 1.0, True, "1.0", "+1", "01", " 1", "1_0", "１", "", None, "9" * 99]),
    (Truth(), [0, 1, "true", "false", "True", "yes", "on", "", None, []]),
    (Choice("a", "b"), ["c", "A", "", 1, None]),
    (Identifier(), ["", ID[:-1], ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", 1, None]),
    (Day(), ["2026-02-29", "20260228", "2026-2-8", "2026-02-28T00:00:00Z", "", 20260228, None]),
    (Moment(), ["2026-01-31", "2026-01-31T09:00:00", "now", "", 1767225600, None]),
    (Amount(), ["-1", "1e3", "1.00001", "01", "12345678901", "NaN", "１", "", 1, 1.5, None]),
    (Listed(Choice("a"), least=1, most=2), [[], ["a", "a", "a"], "a", {"a": 1}, None]),
]


@pytest.mark.parametrize(("field", "sent"), [(field, value) for field, values in WRONG for value in values], ids=repr)
def test_what_is_wrong_is_refused_in_chinese(field: fields.Field[Any], sent: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(sent)
    messages = refused.value.messages
    texts = messages if isinstance(messages, list) else [text for found in messages.values() for text in found]
    assert texts
    assert all("一" <= text[0] <= "鿿" for text in texts), texts


def everything_that_comes_in() -> Iterator[tuple[type[Input], str, fields.Field[Any]]]:
    """Each field of each schema that clients send; the entries of lists too."""
    waiting = [Input]
    while waiting:
        schema = waiting.pop()
        waiting += schema.__subclasses__()
        for name, field in schema._declared_fields.items():
            while True:
                yield schema, name, field
                if not isinstance(field, fields.List):
                    break
                field = field.inner


def test_every_field_that_comes_in_says_its_mistakes_in_chinese() -> None:
    import_module("api.app")  # and with it every resource
    found = list(everything_that_comes_in())
    assert len(found) > 150
    english = [
        f"{schema.__name__}.{name}: {text}"
        for schema, name, field in found
        for text in (*field.error_messages.values(), *(getattr(rule, "error", None) or "" for rule in field.validators))
        if not re.search("[一-鿿]", str(text))
    ]
    assert english == []
