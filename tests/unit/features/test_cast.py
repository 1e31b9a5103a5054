"""Who plays follows from the accounts of the region and from what the platform says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from demo.accounts import Account
from features.steps.cast import Cast, NotCast
from features.steps.person import Person


class Supervisor(Person):
    """Somebody who finds two organisations."""

    def __init__(self) -> None:
        self.session = {"user": {"region_code": "350203"}}

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        assert (path, query) == ("/organisations", {"region_code": "350203"})
        yield {"id": "1", "name": "思明区规划局", "credit_code": None}
        yield {"id": "2", "name": "鹭岛建设公司", "credit_code": "91210782MA0N00010Y"}


@pytest.fixture
def cast() -> Cast:
    accounts = {
        "lead": Account("lead", "p", "甲", "思明区规划局", "牵头部门经办人"),
        "applicant": Account("applicant", "p", "乙", "鹭岛建设公司", "申报单位"),
        "supervisor": Account("supervisor", "p", "丙", "思明区规划局", "监管员"),
    }
    return Cast("http://nowhere", accounts, {"supervisor": Supervisor(), "lead": Person.__new__(Person)})


def test_region_posts_and_unit_are_those_of_the_pack(cast: Cast) -> None:
    assert cast.holder("1", "lead_officer") is cast.signed_in["lead"]
    assert cast.fresh_project_code().startswith("2101-350203-04-01-")
    assert (cast.applicant_code, cast.organisation("思明区规划局")) == ("91210782MA0N00010Y", "1")
    assert cast.organisation_of("牵头部门经办人") == "思明区规划局"


def test_a_part_or_post_that_nobody_has_is_named_with_the_file_to_write_it_in(cast: Cast) -> None:
    with pytest.raises(NotCast, match=r"“住建局经办人”.*people\.toml.*housing"):
        cast.person("住建局经办人")
    with pytest.raises(NotCast, match=r"“思明区规划局”担任 officer.*people\.toml"):
        cast.holder("1", "officer")
