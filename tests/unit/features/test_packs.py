"""A scenario changes what it speaks of in a pack, whatever else the pack says."""

from __future__ import annotations

import tomllib

import pytest

from features.steps.packs import column, more_rows, setting

PACK = """title = "某市"

[windows]
any = false
check = false

[lights]
basis = "share"
"""


def test_a_setting_is_changed_in_its_own_section() -> None:
    changed = tomllib.loads(setting("windows", "check", "true")(PACK))
    assert changed == tomllib.loads(PACK) | {"windows": {"any": False, "check": True}}


def test_a_setting_of_which_the_pack_says_nothing_is_added() -> None:
    assert tomllib.loads(setting("lights", "yellow", '"2"')(PACK))["lights"] == {"basis": "share", "yellow": "2"}
    assert tomllib.loads(setting("handling", "extension", '"5WD"')(PACK))["handling"] == {"extension": "5WD"}


def test_rows_are_added_and_a_column_is_changed_in_one_row() -> None:
    table = "code,name,function\n001,甲,one\n002,乙,two\n"
    assert more_rows("003,丙,one")(table) == table + "003,丙,one\n"
    assert column("乙", "function", "one")(table) == table.replace("乙,two", "乙,one")
    with pytest.raises(ValueError, match="not enough values"):
        column("丁", "function", "one")(table)
