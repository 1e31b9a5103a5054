"""The border of engine data: plain JSON values with names that a diagram may use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

from engine.errors import DataInvalid
from engine.expressions import is_variable

DEEPEST = 250
LARGEST_INTEGER = 2**53 - 1  # what every JSON reader keeps exactly
STRICT = (
    orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_STRICT_INTEGER
)


def checked(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A copy of ``values`` that shares nothing with it; raises ``DataInvalid``.

    Names must be variables (so not ``typename``, ``_x`` or ``len``), values plain JSON: no date, no Decimal, no
    infinity, no integer above 53 bits.
    """
    for name in values:
        if not isinstance(name, str) or not is_variable(name):
            raise DataInvalid(where, f"“{str(name)[:64]}”不能用作数据名")
    copy = plain(dict(values), where)
    return dict(copy)


def plain(value: Any, path: str) -> Any:
    """A copy of one JSON value that shares nothing with it; raises ``DataInvalid`` naming the path."""
    try:
        copy = orjson.loads(orjson.dumps(value, option=STRICT))
    except (TypeError, ValueError):
        return _searched(value, path)
    # Equal means that nothing was turned into something else on the way (an id into text, infinity into null).
    return copy if copy == value else _searched(value, path)


def _searched(value: Any, path: str, depth: int = 0) -> Any:
    """As ``plain``, value by value, so that the path of what is wrong is known."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return _text(value, path)
    if kind is int:
        if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
        raise DataInvalid(path, "整数超出 53 位")
    if kind is float:
        if math.isfinite(value):
            return value
        raise DataInvalid(path, "不是有限的数")
    if depth >= DEEPEST:
        raise DataInvalid(path[:200], f"嵌套超过 {DEEPEST} 层")
    if kind is list or kind is tuple:
        return [_searched(part, f"{path}[{index}]", depth + 1) for index, part in enumerate(value)]
    if isinstance(value, Mapping):
        return {_key(key, path): _searched(part, f"{path}.{key}", depth + 1) for key, part in value.items()}
    raise DataInvalid(path, f"{kind.__name__} 不是 JSON 数据")


def _text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DataInvalid(path, "文本不是有效的 Unicode") from None
    return value


def _key(key: Any, path: str) -> str:
    if type(key) is not str:
        raise DataInvalid(path, "对象的键应是文本")
    return _text(key, path)
