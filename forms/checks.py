"""The checks of one value, by type of input; every message is a Chinese sentence that names the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from forms import texts
from forms.definition import Field

Options = Mapping[str, Collection[str]]

LONGEST_LINE = 500
LONGEST_TEXT = 10_000
LONGEST_OPTION = 200
MOST_CHOICES = 500
LARGEST_NUMBER = 10**15
EMAIL = r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{1,64}"
PHONE = r"\+?[0-9][0-9 \-]{4,19}"


def check_text(field: Field, value: Any, _: Options) -> str | None:
    if not isinstance(value, str):
        raise ValidationError(f"“{field.label}”要填文字。")
    text: str = value.strip()
    if not text:
        if field.required:
            raise ValidationError(f"请填写“{field.label}”。")
        return None
    line = field.type == "textfield"
    _readable(field, text, lines=not line)
    shortest, longest = (
        field.rules.get("minLength", 0),
        field.rules.get("maxLength", LONGEST_LINE if line else LONGEST_TEXT),
    )
    if not shortest <= len(text) <= longest:
        raise ValidationError(f"“{field.label}”要在 {shortest} 到 {longest} 个字之间，现在是 {len(text)} 个字。")
    pattern = {"email": EMAIL, "phone": PHONE}.get(field.rules.get("validationType", ""), field.rules.get("pattern"))
    if pattern and not re.fullmatch(pattern, text):
        raise ValidationError(f"“{field.label}”的格式不对。")
    return text


def _readable(field: Field, text: str, *, lines: bool) -> None:
    fault = texts.fault(text, lines=lines)
    if fault is not None:
        raise ValidationError(f"“{field.label}”{fault}")


def check_number(field: Field, value: Any, _: Options) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > LARGEST_NUMBER:
        raise ValidationError(f"“{field.label}”要填数字。")
    if field.decimal_digits is not None and -_exponent(value) > field.decimal_digits:
        raise ValidationError(f"“{field.label}”最多 {field.decimal_digits} 位小数。")
    least, most = field.rules.get("min"), field.rules.get("max")
    if least is not None and value < least:
        raise ValidationError(f"“{field.label}”不能小于 {least}。")
    if most is not None and value > most:
        raise ValidationError(f"“{field.label}”不能大于 {most}。")
    return value


def _exponent(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def check_checkbox(field: Field, value: Any, _: Options) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(f"“{field.label}”要填是 (true) 或否 (false)。")
    if field.required and not value:
        raise ValidationError(f"请勾选“{field.label}”。")
    return value


def check_choice(field: Field, value: Any, options: Options) -> str:
    offered = field.options if field.options_key is None else options.get(field.options_key)
    if not isinstance(value, str) or len(value) > LONGEST_OPTION:
        raise ValidationError(f"“{field.label}”要从选项中选一个。")
    if offered is not None and value not in offered:
        raise ValidationError(f"“{field.label}”没有“{value}”这个选项。")
    _readable(field, value, lines=False)
    return value


def check_choices(field: Field, value: Any, options: Options) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_CHOICES:
        raise ValidationError(f"“{field.label}”要从选项中选几个。")
    chosen = [check_choice(field, one, options) for one in value]
    if len(set(chosen)) < len(chosen):
        raise ValidationError(f"“{field.label}”里有重复的选项。")
    return chosen


def check_time(field: Field, value: Any, _: Options) -> str:
    day = field.subtype == "date"
    try:
        if not isinstance(value, str) or len(value) > 35 or not value.isascii():
            raise ValueError
        if day:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.isoformat()
    except ValueError:
        shape = "2026-11-03" if day else "2026-11-03T09:30:00+08:00"
        raise ValidationError(f"“{field.label}”要填{'日期' if day else '时间'}, 写作 {shape}。") from None


CHECKS: dict[str, Callable[[Field, Any, Options], Any]] = {
    "textfield": check_text,
    "textarea": check_text,
    "number": check_number,
    "checkbox": check_checkbox,
    "radio": check_choice,
    "select": check_choice,
    "checklist": check_choices,
    "taglist": check_choices,
    "datetime": check_time,
}
