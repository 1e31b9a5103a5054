"""The national project code (投资项目统一代码), and the local code of projects without fixed-asset investment.

The check digit of GB/T 40058-2021 is not verified: its formula is not published in what we have.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum import numdb

from errors import Invalid

NATIONAL = re.compile(r"([0-9]{4})-([0-9]{6})-[0-9]{2}-[0-9]{2}-[0-9]{6}")
LOCAL = re.compile(r"L[0-9A-Z]{6}-[0-9]{4}-[0-9]{6}")
FIRST_YEAR, LAST_YEAR = 2013, 2020
FIRST_MONTH = (2020, 11)
CENTRAL = "000000"
SHAPE = "2101-210782-04-01-123456"


def check_national_code(code: str, today: date, region_codes: frozenset[str]) -> str:
    """The code without blanks; raises ``Invalid`` for a wrong shape, year or area.

    ``region_codes`` are the platform's own regions: development zones have codes outside GB/T 2260.
    """
    code = code.strip()
    match = NATIONAL.fullmatch(code)
    if match is None:
        raise _invalid(f"项目代码“{code[:40]}”的格式不对，应为 24 位，例如 {SHAPE}。")
    if not _known_time(match[1], today):
        raise _invalid(f"项目代码的前四位“{match[1]}”既不是年份，也不是今天以前的年月（例如 2101 为 2021 年 1 月）。")
    if match[2] != CENTRAL and match[2] not in region_codes and not _known_area(match[2]):
        raise _invalid(f"项目代码中的地区代码“{match[2]}”不存在，请对照项目代码核对。")
    return code


def local_code(region_code: str, year: int, number: int) -> str:
    """A local code: recognisable by its first letter, never mistaken for a national one."""
    return f"L{region_code}-{year:04}-{number:06}"


def _invalid(message: str) -> Invalid:
    return Invalid("project_code_invalid", message, field="code")


def _known_time(digits: str, today: date) -> bool:
    if FIRST_YEAR <= int(digits) <= LAST_YEAR:
        return True
    year, month = 2000 + int(digits[:2]), int(digits[2:])
    return 1 <= month <= 12 and FIRST_MONTH <= (year, month) <= (today.year, today.month)


def _known_area(digits: str) -> bool:
    """Whether GB/T 2260 has, or had, the area: province, prefecture or county."""
    found = numdb.get("cn/loc").info(digits)
    return (len(found) > 1 and bool(found[1][1])) or (bool(found[0][1]) and digits.endswith("0000"))
