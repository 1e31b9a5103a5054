"""What people fill in is held to the form that was shown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import forms
from errors import Invalid
from forms import FormDefinition


def form(*components: dict[str, Any]) -> FormDefinition:
    return forms.load(json.dumps({"type": "default", "id": "example", "components": list(components)}))


def one(kind: str, **more: Any) -> FormDefinition:
    return form({"type": kind, "key": "field", "label": "字段", **more})


def refusal(definition: FormDefinition, values: Any, **options: Any) -> tuple[str | None, str]:
    with pytest.raises(Invalid) as refused:
        forms.validate(definition, values, **options)
    return refused.value.field, refused.value.message


CHOICES = [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]
OPINION = form(
    {"type": "radio", "key": "conclusion", "label": "结论", "values": CHOICES, "validate": {"required": True}},
    {
        "type": "select",
        "key": "department",
        "label": "部门",
        "valuesKey": "departments",
        "validate": {"required": True},
        "conditional": {"hide": '=conclusion != "b"'},
    },
    {
        "type": "textfield",
        "key": "remark",
        "label": "备注",
        "conditional": {"hide": "=department = null"},
    },
)
LIST = form(
    {
        "type": "dynamiclist",
        "path": "rows",
        "label": "材料",
        "validate": {"required": True, "minItems": 1, "maxItems": 2},
        "components": [
            {"type": "textfield", "key": "code", "label": "编号", "validate": {"required": True}},
            {"type": "checkbox", "key": "skip", "label": "不适用"},
            {"type": "textfield", "key": "file", "label": "文件", "conditional": {"hide": "=skip"}},
        ],
    }
)


@pytest.mark.parametrize(
    ("definition", "value", "expected"),
    [
        (one("textfield"), "  文字 ", "文字"),
        (one("textarea"), "一\n二", "一\n二"),
        (one("textfield", validate={"pattern": r"\d{4}"}), "2026", "2026"),
        (one("textfield", validate={"validationType": "email"}), "a@b.cn", "a@b.cn"),
        (one("number"), 3, 3),
        (one("number", decimalDigits=2), 1.25, 1.25),
        (one("number", validate={"min": 0, "max": 10}), 10, 10),
        (one("checkbox"), False, False),
        (one("radio", values=CHOICES), "a", "a"),
        (one("select", values=CHOICES), "b", "b"),
        (one("checklist", values=CHOICES), ["a", "b"], ["a", "b"]),
        (one("datetime", subtype="date"), "2026-11-03", "2026-11-03"),
        (one("datetime", subtype="datetime"), "2026-11-03T09:30:00+08:00", "2026-11-03T09:30:00+08:00"),
    ],
    ids=lambda value: ascii(value)[:60] if not isinstance(value, FormDefinition) else value.fields[0].type,
)
def test_a_value_that_fits_is_returned(definition: FormDefinition, value: Any, expected: Any) -> None:
    assert forms.validate(definition, {"field": value}) == {"field": expected}


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (one("textfield"), 5),
        (one("textfield"), "长" * 501),
        (one("textfield"), "a\x00b"),
        (one("textfield"), "a\ud800"),
        (one("textfield"), "一\n二"),
        (one("textfield"), "\u200b\u2060"),
        (one("textarea"), "\u200b\n\u3164"),
        (one("textarea"), "同意\u202e不"),
        (one("select", valuesKey="later"), "a\u202eb"),
        (one("textfield", validate={"minLength": 3}), "二字"),
        (one("textfield", validate={"maxLength": 3}), "四个汉字"),
        (one("textfield", validate={"pattern": r"\d{4}"}), "x2026"),
        (one("textfield", validate={"validationType": "phone"}), "one two"),
        (one("textfield", validate={"required": True}), "   "),
        (one("number"), "3"),
        (one("number"), True),
        (one("number"), float("nan")),
        (one("number"), float("inf")),
        (one("number"), 10**30),
        (one("number", decimalDigits=2), 1.255),
        (one("number", decimalDigits=0), 1.5),
        (one("number", validate={"min": 0}), -1),
        (one("number", validate={"max": 10}), 11),
        (one("checkbox"), "yes"),
        (one("checkbox", validate={"required": True}), False),
        (one("radio", values=CHOICES), "c"),
        (one("radio", values=CHOICES), ["a"]),
        (one("checklist", values=CHOICES), "a"),
        (one("checklist", values=CHOICES), ["a", "a"]),
        (one("checklist", values=CHOICES), ["a", "c"]),
        (one("datetime", subtype="date"), "2026-02-30"),
        (one("datetime", subtype="date"), "20260203"),
        (one("datetime", subtype="date"), 20260203),
        (one("datetime", subtype="datetime"), "2026-11-03T09:30:00"),
        (one("datetime", subtype="datetime"), "２０２６-11-03T09:30:00+08:00"),
    ],
    ids=lambda value: ascii(value)[:60] if not isinstance(value, FormDefinition) else value.fields[0].type,
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_field(definition: FormDefinition, value: Any) -> None:
    field, message = refusal(definition, {"field": value})
    assert field == "field"
    assert "字段" in message


def test_what_is_not_filled_in_comes_back_as_none() -> None:
    for empty in ({}, {"field": None}, {"field": ""}):
        assert forms.validate(one("textfield"), empty) == {"field": None}


def test_a_required_field_must_be_filled_in() -> None:
    required = one("textfield", validate={"required": True})
    for empty in ({}, {"field": None}, {"field": ""}):
        assert refusal(required, empty) == ("field", "请填写“字段”。")


def test_unknown_fields_are_refused() -> None:
    assert refusal(one("textfield"), {"field": "a", "other": 1}) == ("other", "表单里没有这一项，请删去。")


@pytest.mark.parametrize("values", [None, [], "text", 5, True])
def test_values_that_are_no_object_are_refused(values: Any) -> None:
    assert refusal(one("textfield"), values)[0] == "values"


def test_a_field_is_asked_only_under_its_condition() -> None:
    assert forms.validate(OPINION, {"conclusion": "a"}) == {"conclusion": "a", "department": None, "remark": None}
    assert refusal(OPINION, {"conclusion": "b"}) == ("department", "请填写“部门”。")
    assert forms.validate(OPINION, {"conclusion": "b", "department": "x"})["department"] == "x"


def test_a_hidden_field_that_is_filled_in_is_refused_and_counts_as_empty_for_others() -> None:
    assert refusal(OPINION, {"conclusion": "a", "department": "x"}) == ("department", "“部门”此时不填，请删去。")
    with pytest.raises(Invalid) as refused:
        forms.validate(OPINION, {"conclusion": "a", "department": "x", "remark": "y"})
    errors = refused.value.details["errors"]
    assert isinstance(errors, list)
    assert {error["field"] for error in errors} == {"department", "remark"}


def test_options_that_come_at_run_time_are_held_to() -> None:
    values = {"conclusion": "b", "department": "x"}
    assert forms.validate(OPINION, values, {"departments": ["x"]})["department"] == "x"
    assert refusal(OPINION, values, options={"departments": ["y"]})[0] == "department"


def test_the_rows_of_a_list_are_forms_of_their_own() -> None:
    cleaned = forms.validate(LIST, {"rows": [{"code": "1", "file": "f"}, {"code": "2", "skip": True}]})
    assert cleaned == {"rows": [{"code": "1", "skip": None, "file": "f"}, {"code": "2", "skip": True, "file": None}]}


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "rows"),
        ("text", "rows"),
        ([{"code": "1"}] * 3, "rows"),
        ([{"code": "1"}, {}], "rows.1.code"),
        ([{"code": "1", "other": 2}], "rows.0.other"),
        ([{"code": "1"}, 7], "rows.1"),
        ([{"code": "1", "skip": True, "file": "f"}], "rows.0.file"),
    ],
)
def test_a_wrong_row_is_named_by_its_path(rows: Any, field: str) -> None:
    assert refusal(LIST, {"rows": rows})[0] == field


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["conclusion", "department", "remark", "rows", "?"]), json_values) | json_values)
def test_no_input_makes_anything_but_a_refusal(values: Any) -> None:
    for definition in (OPINION, LIST):
        try:
            cleaned = forms.validate(definition, values)
        except Invalid:
            continue
        assert set(cleaned) == {field.key for field in definition.fields}
        filled = {key: value for key, value in cleaned.items() if value is not None}
        assert forms.validate(definition, filled) == cleaned
