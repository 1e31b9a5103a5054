"""Strict marshmallow fields with Chinese messages; each says in the OpenAPI document exactly what it accepts."""

from __future__ import annotations

import decimal
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from forms import texts

UUID_PATTERN = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
AMOUNT_PATTERN = r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?"
AMOUNT_HINT = '必须是写成文字的数字，最多十位整数、四位小数，例如 "12345.6789"。'


class Matches(validate.Regexp):
    """The whole value matches ``pattern``; shown as the anchored ECMA pattern, which Python's ``$`` is not quite."""

    def __init__(self, pattern: str, error: str) -> None:
        super().__init__(f"^{pattern}$", error=error)
        self._whole = re.compile(pattern, re.DOTALL)

    def __call__(self, value: Any) -> Any:
        if self._whole.fullmatch(value) is None:
            raise ValidationError(str(self.error))
        return value


class Readable(validate.Regexp):
    """Nothing hidden, nothing that turns text around, and something to see unless the text may be ``empty``."""

    def __init__(self, *, lines: bool, empty: bool) -> None:
        super().__init__(f"^{texts.pattern(lines=lines, empty=empty)}$", error="有不允许的字符。")
        self._allowed = {"lines": lines, "empty": empty}

    def __call__(self, value: Any) -> Any:
        fault = texts.fault(value, **self._allowed)
        if fault is not None:
            raise ValidationError(fault)
        return value


class Text(fields.String):
    """A text of ``shortest`` to ``longest`` characters that people can read; on one line unless it has ``lines``."""

    def __init__(
        self,
        *,
        longest: int = 200,
        shortest: int = 1,
        lines: bool = False,
        pattern: str | None = None,
        hint: str = "写法不对。",
        **kwargs: Any,
    ) -> None:
        rules: list[Any] = [
            validate.Length(shortest, longest, error=f"长度应为 {shortest} 至 {longest} 个字。"),
            Matches(pattern, hint) if pattern else Readable(lines=lines, empty=not shortest),
        ]
        super().__init__(validate=[*rules, *kwargs.pop("validate", ())], **kwargs)


class Choice(fields.String):
    """One of the words ``words``."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(words, error="只能是下列之一：" + "、".join(words) + "。"), **kwargs)


class Whole(fields.Integer):
    """An integer between ``lowest`` and ``highest``: a JSON integer, or plain ASCII digits in a query."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any) -> None:
        rule = validate.Range(lowest, highest, error=f"应在 {lowest} 与 {highest} 之间。")
        super().__init__(validate=rule, **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, str) and re.fullmatch("-?(0|[1-9][0-9]{0,17})", value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.make_error("invalid", input=value)


class Truth(fields.Boolean):
    """JSON ``true`` or ``false``, no word for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise self.make_error("invalid", input=value)


class Identifier(fields.UUID):
    """A UUID in its usual writing with hyphens."""

    def _validated(self, value: Any) -> uuid.UUID:
        if isinstance(value, uuid.UUID):
            return value
        if isinstance(value, str) and re.fullmatch(UUID_PATTERN, value):
            return uuid.UUID(value)
        raise self.make_error("invalid_uuid")


class Day(fields.Date):
    """A calendar day, ``YYYY-MM-DD``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.make_error("invalid", input=value, obj_type="date")


class Moment(fields.AwareDateTime):
    """An instant with its offset, RFC 3339; shown in UTC."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Listed(fields.List[Any]):
    """A list of ``least`` to ``most`` entries."""

    def __init__(self, entry: Any, *, least: int = 0, most: int = 200, **kwargs: Any) -> None:
        super().__init__(entry, validate=validate.Length(least, most, error=f"应有 {least} 至 {most} 项。"), **kwargs)


class Part(fields.Nested):
    """A nested object."""


class Open(fields.Dict):
    """An object whose keys are described elsewhere: by a form's definition or by a diagram."""


MESSAGES: dict[str, str] = {"unknown": "没有这个字段。", "type": "必须是对象。"}


class Input(Schema):
    """What a client sends: unknown fields are refused."""

    error_messages = MESSAGES

    class Meta:
        unknown = RAISE


class Change(Input):
    """What a client wants changed: what is not sent stays, and something must be sent."""

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("没有写出要修改的内容，请至少填写一个字段。")


class Output(Schema):
    """What the platform answers: exactly the declared fields, off a mapping or an object."""

    error_messages = MESSAGES

    class Meta:
        unknown = RAISE
        ordered = True

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value of a field; at once, where marshmallow would try and fail to index a row first."""
        return obj.get(attr, default) if isinstance(obj, Mapping) else getattr(obj, attr, default)


def shown(kind: type[fields.Field[Any]], meaning: str, *, empty: bool = False, **metadata: Any) -> Any:
    """A member of an answer: always there, null only where ``empty`` says so; ``metadata`` goes into the document."""
    return kind(required=True, allow_none=empty, metadata={"description": meaning, **metadata})


class Amount(fields.Decimal):
    """An amount as text, ``12345.6789``: no floating point between a form and the ledger."""

    num_type = decimal.Decimal

    def __init__(self, **kwargs: Any) -> None:
        metadata = {**kwargs.pop("metadata", {}), "type": "string", "pattern": f"^{AMOUNT_PATTERN}$"}
        super().__init__(as_string=True, metadata=metadata, **kwargs)

    def _validated(self, value: Any) -> decimal.Decimal:
        if isinstance(value, str) and re.fullmatch(AMOUNT_PATTERN, value):
            return decimal.Decimal(value)
        raise self.make_error("invalid", input=value)


class Attachment(fields.Raw):
    """A file of a form, or several of one name; what is in them is looked at elsewhere."""


WORDS: dict[type[fields.Field[Any]], dict[str, str]] = {
    Text: {"invalid": "必须是文字。", "invalid_utf8": "必须是 UTF-8 文字。"},
    Choice: {"invalid": "必须是文字。", "invalid_utf8": "必须是 UTF-8 文字。"},
    Whole: {"invalid": "必须是整数。", "too_large": "数字过大。"},
    Truth: {"invalid": "只能是 true 或 false。"},
    Identifier: {"invalid_uuid": "不是有效的编号（UUID）。"},
    Day: {
        "invalid": "不是有效的日期，应写作 2026-01-31。",
        "invalid_awareness": "日期不带时区。",
        "format": "日期无法写出。",
    },
    Moment: {
        "invalid": "不是有效的时间，应写作 2026-01-31T09:00:00+08:00。",
        "invalid_awareness": "时间必须带有时区。",
        "format": "时间无法写出。",
    },
    Listed: {"invalid": "必须是列表。"},
    Part: {"type": "必须是对象。"},
    Open: {"invalid": "必须是对象。"},
    Attachment: {"required": "没有文件，请选择一个文件。"},
    Amount: {"invalid": AMOUNT_HINT, "special": AMOUNT_HINT, "too_large": AMOUNT_HINT},
}
COMMON = {"required": "必须填写。", "null": "不能是空值（null）。", "validator_failed": "内容不合要求。"}

for _kind, _words in WORDS.items():
    _kind.default_error_messages = {**COMMON, **_words}
