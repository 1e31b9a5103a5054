"""The reference pack with a process type whose stage asks forty departments about one item each."""

from __future__ import annotations

from collections.abc import Mapping

WIDTH = 40
PROCESS_TYPE = "wide"

_DEPARTMENT = """
[[organisation]]
code = "wide_{number:02}"
name = "测量部门{number:02}"
kind = "department"
parent = "government"
function = "wide_{number:02}"
"""
_PROCESS_TYPE = """
[[process_type]]
code = "wide"
name = "测量用四十事项"
standard_type = 1
limit = "54WD"

[[process_type.stage]]
code = "2"
number = 2
name = "工程建设许可"
limit = "21WD"
lead = "natural_resources"
window = "natural_resources_window"
diagram = "stage"
"""


def widen(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the pack with forty more departments and items; half of the items are main-line."""
    numbers = range(WIDTH)
    items = "".join(f"9{number:02},测量事项{number:02},wide_{number:02},5WD,yes,no\n" for number in numbers)
    materials = "".join(f"W{number:02},测量材料{number:02},required,,,applicant,\n" for number in numbers)
    asked = "".join(f"9{number:02},测量材料{number:02}\n" for number in numbers)
    lines = ("main", "auxiliary")
    entries = "".join(f"{PROCESS_TYPE},2,9{number:02},{lines[number % 2]},,,,\n" for number in numbers)
    departments = "".join(_DEPARTMENT.format(number=number) for number in numbers)
    more = {
        "items.csv": items,
        "materials.csv": materials,
        "item_materials.csv": asked,
        "stage_items.csv": entries,
        "organisations.toml": departments,
        "process_types.toml": _PROCESS_TYPE,
    }
    return {name: content + more.get(name, "").encode() for name, content in files.items()}
