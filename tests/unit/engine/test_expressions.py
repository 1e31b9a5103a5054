"""Expressions give the values that their authors mean, and say clearly why they cannot."""

from __future__ import annotations

from typing import Any

import pytest

from engine.evaluation import MOST_STEPS
from engine.expressions import ExpressionFailed, ExpressionInvalid, compile_expression, is_variable

ITEMS = [{"code": "A", "main": True, "days": 5}, {"code": "B", "main": False, "days": 3}]
DATA: dict[str, Any] = {
    "items": ITEMS,
    "results": {"A": {"approved": True}, "B": {"approved": False}},
    "decision": "approve",
    "days": 5,
    "department": "住建局",
    "nothing": None,
    "empty": [],
}


def value(text: str, data: dict[str, Any] | None = None) -> Any:
    """The value of an expression over the sample data."""
    return compile_expression(text).evaluate(DATA if data is None else data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decision == 'approve'", True),
        ("decision != 'approve'", False),
        ("days > 3 and days <= 5", True),
        ("1 < days < 5", False),
        ("not empty", True),
        ("nothing or 'none'", "none"),
        ("nothing == None", True),
        ("days + 1 - 2", 4),
        ("-days", -5),
        ("0.5 + 0.25", 0.75),
        ("'short' if days < 3 else 'long'", "long"),
        ("items[0]['code']", "A"),
        ("items[-1]['code']", "B"),
        ("department[0]", "住"),
        ("decision in ['approve', 'refuse']", True),
        ("decision in ('refuse',)", False),
        ("'A' in results", True),
        ("'C' not in results", True),
        ("'建' in department", True),
        ("[i for i in items if i['main']]", [ITEMS[0]]),
        ("[i['code'] for i in items]", ["A", "B"]),
        ("any(i['main'] for i in items)", True),
        ("all(results[code]['approved'] for code in results)", False),
        ("count(i['main'] for i in items)", 1),
        ("count([1, 2, 1], 1)", 2),
        ("sum(i['days'] for i in items)", 8),
        ("max(i['days'] for i in items)", 5),
        ("min(days, 3, 4)", 3),
        ("max(['2026-01-01', '2026-02-01'])", "2026-02-01"),
        ("len(items) + len(results) + len(department)", 7),
        ("{'code': items[0]['code'], 'days': days}", {"code": "A", "days": 5}),
        ("[[j for j in items if j['days'] < i['days']] for i in items]", [[ITEMS[1]], []]),
        ("[i for i in items if i['main'] if i['days'] > 3]", [ITEMS[0]]),
        ("True and\n  not False", True),
        ("  days  ", 5),
        ("[1, [2, {'a': None}]] == [1, [2, {'a': None}]]", True),
    ],
)
def test_expression_has_this_value(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_chinese_names_are_variables() -> None:
    assert value("面积 > 500", {"面积": 600}) is True


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("conclusion == 1", "用到的数据“conclusion”不存在"),
        ("items[0]['name']", "对象中没有“name”"),
        ("items[2]", "下标 2 超出范围，共 2 个"),
        ("items['code']", "列表和文本的下标应是整数"),
        ("results[0]", "对象的下标应是文本"),
        ("days[0]", "数字不能取下标"),
        ("nothing['code']", "空值不能取下标"),
        ("days < decision", "数字和文本不能比较大小"),
        ("nothing < 1", "空值和数字不能比较大小"),
        ("True < 2", "真假值和数字不能比较大小"),
        ("decision + 'd'", "加减和求和只用于数字，这里是文本"),
        ("items + items", "加减和求和只用于数字，这里是列表"),
        ("True + 1", "加减和求和只用于数字，这里是真假值"),
        ("-decision", "加减和求和只用于数字"),
        ("1 in decision", "文本中只能找文本"),
        ("1 in days", "in 的右边应是列表、对象或文本"),
        ("len(days)", "len 用于列表、对象或文本"),
        ("any(days)", "这里应是列表或对象"),
        ("[i for i in decision]", "这里应是列表或对象"),
        ("max(empty)", "空列表没有最大值和最小值"),
        ("sum(i['code'] for i in items)", "加减和求和只用于数字"),
        ("1e308 + 1e308", "结果不是有限的数"),
    ],
)
def test_failure_names_the_expression_and_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ExpressionFailed) as failure:
        value(text)
    assert str(failure.value).startswith(f"表达式“{text}”无法计算：")
    assert reason in str(failure.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "表达式是空的"),
        ("   ", "表达式是空的"),
        ("days >", "写法不对"),
        ("days ＞ 3", "标点请用半角"),
        ("item.code", "请用下标"),
        ("days * 2", "运算只有加和减"),
        ("days is None", "不用 is"),
        ("true", "真写作 True"),
        ("null", "空写作 None"),
        ("round(days)", "可用的函数只有 len、any、all、sum、min、max、count"),
        ("items[0:1]", "切片"),
        ("x" * 2_001, "超过 2000 个字符"),
        ("[" + "1," * 400 + "]", "太复杂"),
        ("[" * 40 + "]" * 40, "嵌套"),
    ],
)
def test_invalid_expression_says_what_is_not_allowed(text: str, reason: str) -> None:
    with pytest.raises(ExpressionInvalid, match=reason):
        compile_expression(text)


def test_names_are_those_read_from_the_data() -> None:
    assert compile_expression("any(i['x'] == wanted for i in items if limit)").names == {"wanted", "items", "limit"}


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("days > 3") is compile_expression("days > 3")


def test_any_stops_at_the_first_true_one() -> None:
    assert value("any(i['main'] or i['absent'] for i in items)") is True


def test_data_is_not_changed() -> None:
    data = {"items": [{"n": 1}]}
    value("[{'n': i['n'] + 1} for i in items]", data)
    assert data == {"items": [{"n": 1}]}


def test_steps_are_bounded() -> None:
    data = {"items": list(range(300))}
    with pytest.raises(ExpressionFailed, match=f"超过 {MOST_STEPS} 步"):
        value("count(any(a == 0 - b for b in items) for a in [c + 1 for c in items])", data)


def test_comparing_shared_nested_lists_is_bounded() -> None:
    nested: list[Any] = [0]
    for _ in range(40):
        nested = [nested, nested]
    with pytest.raises(ExpressionFailed, match=f"超过 {MOST_STEPS} 步"):
        value("x == y", {"x": nested, "y": [nested, 1]})


def test_results_are_bounded() -> None:
    with pytest.raises(ExpressionFailed, match="结果太大"):
        value("[[i, i, i, i] for i in items]", {"items": [["x" * 10] * 50] * 400})
    with pytest.raises(ExpressionFailed, match="结果太大"):
        value("[text for i in items]", {"items": list(range(200)), "text": "字" * 10_000})


@pytest.mark.parametrize("name", ["decision", "面积", "x1", "a_b", "each"])
def test_name_is_a_variable(name: str) -> None:
    assert is_variable(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1x",
        "a b",
        "a.b",
        "_x",
        "__class__",
        "class",
        "None",
        "len",
        "count",
        "typename",
        "true",
        "ｌｅｎ",
        "x" * 65,
    ],
)
def test_name_is_no_variable(name: str) -> None:
    assert not is_variable(name)
