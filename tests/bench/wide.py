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
_ENTRY = """
[[process_type.stage.item]]
code = "9{number:02}"
main = {main}
"""


def widen(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the pack with forty more departments and items; half of the items are main-line."""
    numbers = range(WIDTH)
    items = "".join(f"9{number:02},测量事项{number:02},wide_{number:02},5WD,no\n" for number in numbers)
    materials = "".join(f"9{number:02},W{number:02},测量材料{number:02},required\n" for number in numbers)
    entries = "".join(_ENTRY.format(number=number, main=str(number % 2 == 0).lower()) for number in numbers)
    departments = "".join(_DEPARTMENT.format(number=number) for number in numbers)
    more = {
        "items.csv": items,
        "materials.csv": materials,
        "organisations.toml": departments,
        "process_types.toml": _PROCESS_TYPE + entries,
    }
    return {name: content + more.get(name, "").encode() for name, content in files.items()}
