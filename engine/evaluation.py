"""What a compiled expression does while it runs, with every step and every result bounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

MOST_STEPS = 50_000
MOST_RESULT_VALUES = 50_000
MOST_RESULT_CHARACTERS = 1_000_000

SCALARS = (str, int, float, bool, type(None))
TYPE_WORDS: Mapping[type, str] = {
    str: "文本",
    bool: "真假值",
    int: "数字",
    float: "数字",
    list: "列表",
    dict: "对象",
    type(None): "空值",
}


class ExpressionFailed(ValueError):
    """An expression could not be evaluated over this data; the message says why, in Chinese."""


class Run:
    """One evaluation: the data, the variables of comprehensions, and the steps that are left."""

    __slots__ = ("data", "local", "steps")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.local: dict[str, Any] = {}
        self.steps = MOST_STEPS

    def step(self, count: int = 1) -> None:
        """Use up steps; raises ``ExpressionFailed`` when none are left."""
        self.steps -= count
        if self.steps < 0:
            raise ExpressionFailed(f"计算超过 {MOST_STEPS} 步")


Evaluate = Callable[[Run], Any]


def name_of(value: object) -> str:
    """The Chinese word for the type of a value, for messages."""
    names = {
        "bool": "真假值",
        "str": "文本",
        "int": "数字",
        "float": "数字",
        "list": "列表",
        "dict": "对象",
        "NoneType": "空值",
    }
    return names.get(type(value).__name__, type(value).__name__)


def is_number(value: object) -> bool:
    """Numbers only: a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def variable(run: Run, name: str) -> Any:
    """The value of a free name."""
    try:
        return run.data[name]
    except KeyError:
        raise ExpressionFailed(f"用到的数据“{name}”不存在") from None


def number(value: Any) -> Any:
    """A finite number, or a refusal."""
    if not is_number(value):
        raise ExpressionFailed(f"加减和求和只用于数字，这里是{name_of(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionFailed("结果不是有限的数")
    return value


def subscript(value: Any, key: Any) -> Any:
    """``value[key]`` of an object by text or of a list or a text by whole number."""
    if isinstance(value, dict):
        if not isinstance(key, str):
            raise ExpressionFailed(f"对象的下标应是文本，这里是{name_of(key)}")
        if key not in value:
            raise ExpressionFailed(f"对象中没有“{key[:60]}”")
        return value[key]
    if isinstance(value, list | tuple | str):
        if not isinstance(key, int) or isinstance(key, bool):
            raise ExpressionFailed(f"列表和文本的下标应是整数，这里是{name_of(key)}")
        if not -len(value) <= key < len(value):
            raise ExpressionFailed(f"下标 {str(key)[:20]} 超出范围，共 {len(value)} 个")
        return value[key]
    raise ExpressionFailed(f"{name_of(value)}不能取下标")


def items(value: Any) -> Iterable[Any]:
    """What a comprehension or a function walks over; an object gives its keys."""
    if isinstance(value, list | tuple | dict | Iterator):
        return value
    raise ExpressionFailed(f"这里应是列表或对象，不是{name_of(value)}")


def weigh(run: Run, *values: Any) -> None:
    """Pay for looking into containers, so that comparing shared nested lists stays bounded."""
    rest = [value for value in values if not isinstance(value, SCALARS)]
    while rest:
        value = rest.pop()
        run.step(1 + len(value) if isinstance(value, list | tuple | dict) else 1)
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        rest.extend(part for part in inner if not isinstance(part, SCALARS))


def measure(value: Any) -> Any:
    """Give the result back if it is data of a bounded size."""
    if isinstance(value, bool | int | None):
        return value
    values = characters = 0
    rest = [value]
    while rest:
        part = rest.pop()
        values += 1
        if isinstance(part, str):
            characters += len(part)
        elif isinstance(part, dict):
            rest.extend(part)
            rest.extend(part.values())
        elif isinstance(part, list | tuple):
            rest.extend(part)
        elif not isinstance(part, SCALARS):
            raise ExpressionFailed(f"结果中的{name_of(part)}不是数据")
        if values + len(rest) > MOST_RESULT_VALUES or characters > MOST_RESULT_CHARACTERS:
            raise ExpressionFailed("结果太大")
    return value


def equal(run: Run, left: Any, right: Any) -> bool:
    """``==``"""
    weigh(run, left, right)
    return bool(left == right)


def before(_run: Run, left: Any, right: Any) -> bool:
    """``<`` between two numbers or two texts."""
    if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
        return bool(left < right)
    raise ExpressionFailed(f"{name_of(left)}和{name_of(right)}不能比较大小")


def contains(run: Run, part: Any, whole: Any) -> bool:
    """``part in whole``"""
    weigh(run, part, whole)
    if isinstance(whole, str):
        if not isinstance(part, str):
            raise ExpressionFailed(f"文本中只能找文本，不能找{name_of(part)}")
        run.step(len(whole) // 100)
        return part in whole
    if isinstance(whole, dict):
        return isinstance(part, str) and part in whole
    if isinstance(whole, list | tuple):
        return part in whole
    raise ExpressionFailed(f"in 的右边应是列表、对象或文本，不是{name_of(whole)}")


def _length(_run: Run, value: Any) -> int:
    if isinstance(value, list | tuple | dict | str):
        return len(value)
    raise ExpressionFailed(f"len 用于列表、对象或文本，不是{name_of(value)}")


def _each(run: Run, value: Any) -> Iterator[Any]:
    for part in items(value):
        run.step()
        yield part


def _sum(run: Run, value: Any) -> Any:
    total: Any = 0
    for part in _each(run, value):
        total = number(total + number(part))
    return total


def _extreme(run: Run, values: tuple[Any, ...], later: bool) -> Any:
    parts = _each(run, values[0] if len(values) == 1 else list(values))
    best = next(parts, run)
    if best is run:
        raise ExpressionFailed("空列表没有最大值和最小值")
    for part in parts:
        if before(run, best, part) if later else before(run, part, best):
            best = part
    return best


def _count(run: Run, value: Any, *wanted: Any) -> int:
    return sum(1 for part in _each(run, value) if (equal(run, part, wanted[0]) if wanted else part))


FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "len": (_length, 1),
    "any": (lambda run, value: any(_each(run, value)), 1),
    "all": (lambda run, value: all(_each(run, value)), 1),
    "sum": (_sum, 1),
    "min": (lambda run, *values: _extreme(run, values, later=False), 20),
    "max": (lambda run, *values: _extreme(run, values, later=True), 20),
    "count": (_count, 2),
}
"""Name -> what it does and how many arguments it takes at most; ``count(list)`` counts the true ones."""
