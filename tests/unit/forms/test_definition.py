"""Which forms the platform accepts."""

import json
from typing import Any

import pytest

import forms
from forms import FormDefinitionInvalid

FIELD = {"type": "textfield", "key": "field", "label": "字段"}


def document(*components: Any) -> str:
    return json.dumps({"type": "default", "id": "example", "components": list(components)})


def test_what_is_only_shown_is_no_field() -> None:
    definition = forms.load(document({"type": "text", "text": "说明"}, {"type": "separator"}, FIELD))
    assert [field.key for field in definition.fields] == ["field"]


def test_a_group_only_arranges_its_fields() -> None:
    definition = forms.load(document({"type": "group", "components": [FIELD]}))
    assert [field.key for field in definition.fields] == ["field"]


@pytest.mark.parametrize(
    "component",
    [
        7,
        {"type": "html", "content": "<b>"},
        {"type": "expression", "key": "a", "expression": "=1"},
        {"type": "filepicker", "key": "a"},
        {**FIELD, "key": "Upper"},
        {**FIELD, "key": "a.b"},
        {**FIELD, "key": "__class__"},
        {"type": "textfield", "label": "没有 key"},
        {**FIELD, "validate": {"unknown": 1}},
        {**FIELD, "validate": {"min": 1}},
        {**FIELD, "validate": {"maxLength": "5"}},
        {**FIELD, "validate": {"pattern": "("}},
        {**FIELD, "validate": {"validationType": "uuid"}},
        {**FIELD, "validate": []},
        {**FIELD, "conditional": {"show": "=a"}},
        {**FIELD, "conditional": {"hide": "a"}},
        {**FIELD, "conditional": {"hide": "=stranger = 1"}},
        {"type": "radio", "key": "a"},
        {"type": "radio", "key": "a", "values": []},
        {"type": "radio", "key": "a", "values": ["x"]},
        {"type": "radio", "key": "a", "values": [{"value": 1}]},
        {"type": "radio", "key": "a", "values": [{"value": "x"}, {"value": "x"}]},
        {"type": "datetime", "key": "a"},
        {"type": "datetime", "key": "a", "subtype": "time"},
        {"type": "group", "path": "inner", "components": [FIELD]},
        {"type": "dynamiclist", "path": "rows"},
        {"type": "dynamiclist", "path": "rows", "components": [FIELD, FIELD]},
    ],
    ids=str,
)
def test_a_component_outside_the_subset_is_refused(component: Any) -> None:
    with pytest.raises(FormDefinitionInvalid):
        forms.load(document(component))


def test_two_fields_of_one_key_are_refused() -> None:
    with pytest.raises(FormDefinitionInvalid, match="field"):
        forms.load(document(FIELD, FIELD))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"type": "default"}',
        '{"type": "other", "id": "a", "components": []}',
        "[" * 100_000,
        '{"type": "default", "id": "a"}',
        document({"type": "text", "text": "长" * 200_000}),
    ],
    ids=lambda text: text[:30],
)
def test_a_file_that_is_no_form_is_refused(text: str) -> None:
    with pytest.raises(FormDefinitionInvalid):
        forms.load(text)


def test_lists_nest_only_so_deep() -> None:
    component: dict[str, Any] = FIELD
    for _ in range(10):
        component = {"type": "dynamiclist", "path": "rows", "components": [component]}
    with pytest.raises(FormDefinitionInvalid, match="嵌套"):
        forms.load(document(component))
