"""Every form of every pack can be filled in from its definition, and is then accepted."""

from __future__ import annotations

from datetime import date

import pytest

import forms
from features.steps.filling import fill
from forms import Field, FormDefinition
from processes.loader import PACKS

TODAY = date(2026, 11, 23)
OPTIONS = {"departments": ["one", "two"], "process_types": ["1"]}
FORMS = {path.stem: forms.load(path.read_bytes()) for path in sorted(PACKS.glob("*/forms/*.json"))}


def choices(field: Field) -> tuple[str, ...]:
    return field.options or ()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_form_is_filled_in_so_that_it_is_accepted(form: FormDefinition) -> None:
    assert forms.validate(form, fill(form, TODAY, options=OPTIONS), OPTIONS)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_whatever_is_chosen_the_rest_is_filled_in(form: FormDefinition) -> None:
    for field in form.fields:
        for choice in choices(field):
            values = fill(form, TODAY, {field.key: choice}, OPTIONS)
            accepted = forms.validate(form, values, OPTIONS)
            assert accepted[field.key] == choice or field.key not in values  # not asked without its other half


def test_the_rows_that_are_wished_are_completed() -> None:
    rows = [{"code": "M001", "result": "returned"}, {"code": "M002", "result": "passed"}]
    values = fill(FORMS["formal_review"], TODAY, {"decision": "returned", "materials": rows})
    accepted = forms.validate(FORMS["formal_review"], values)
    assert accepted["materials"][0]["reason"]
    assert accepted["materials"][1]["reason"] is None


def test_a_wish_that_the_form_does_not_ask_is_left_out() -> None:
    assert "unknown" not in fill(FORMS["confirmation"], TODAY, {"unknown": 1, "result": "confirmed"})
