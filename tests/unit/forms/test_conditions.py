"""The few operators of FEEL by which a form hides a field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.conditions import ConditionInvalid, compile_condition

VALUES: dict[str, Any] = {"text": "a", "number": 5, "yes": True, "no": False, "nothing": None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('=text = "a"', True),
        ('=text != "a"', False),
        ('=missing != "a"', True),
        ("=missing = null", True),
        ("=nothing = null", True),
        ("=number = 5", True),
        ("=number >= 5.0", True),
        ("=number > 5", False),
        ("=number <= 5", True),
        ("=number < 5", False),
        ('=text < "b"', True),
        ('=number < "b"', False),
        ("=yes", True),
        ("=no", False),
        ("=text", False),
        ("=missing", False),
        ("=yes = true", True),
        ("=yes = 1", False),
        ("=yes > 0", False),
        ("=not(no)", True),
        ('=yes and text = "a"', True),
        ('=no or text = "b"', False),
        ("=no and no or yes", True),
        ("=no and (no or yes)", False),
        ('=not(text = "a" or yes)', False),
        ('="=" = text', False),
    ],
)
def test_a_condition_holds_or_not(condition: str, expected: bool) -> None:
    assert compile_condition(condition).holds(VALUES) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "yes",
        "=",
        "= ",
        "=and",
        "=yes and",
        "=yes no",
        "=(yes",
        "=yes)",
        "=not yes",
        "=text = 'a'",
        "=text == 1",
        "=text.length > 1",
        "=f(1)",
        "=__import__",
        '="unclosed',
        "=text[0]",
        "=1 + 1 = 2",
        "=" + "(" * 30 + "yes" + ")" * 30,
        "=yes" + " or yes" * 200,
    ],
)
def test_what_is_outside_the_grammar_is_refused(condition: str) -> None:
    if condition == "=__import__":
        assert compile_condition(condition).fields == {"__import__"}
    else:
        with pytest.raises(ConditionInvalid):
            compile_condition(condition)


@given(st.text(alphabet='=!<>() "a1.andortnul\\x', max_size=40))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        condition = compile_condition("=" + text)
    except ConditionInvalid:
        return
    assert condition.holds({}) in (True, False)
