"""Who may start a stage over the counter, and that what the clerk checked there must be the registered project."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from audit.chain import read_details
from audit.vault import vault_of
from cases.releases import RELEASES, vocabulary
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.conftest import Database
from tests.integration.cases.world import CREDIT_CODE, World

HOUSING = ("housing_window", "window_clerk")
PROJECT = {"name": "闾山中学新校区", "credit_code": CREDIT_CODE}
OTHER_UNIT = "91210782MA0QCQ8H0X"


def window_of(world: World, actor: tuple[str, str]) -> str:
    """The window that takes in what this person starts."""
    case = world.start(actor=world.person(*actor))
    found = world.scalar("SELECT window_id FROM stage_cases WHERE id = :case", case=case)
    return world.code_of(found)


@pytest.mark.parametrize(
    "actor", [("natural_resources_window", "window_clerk"), ("natural_resources", "lead_officer")], ids=str
)
def test_the_lead_department_and_its_window_start_a_stage(world: World, actor: tuple[str, str]) -> None:
    assert window_of(world, actor) == "natural_resources_window"


@pytest.mark.parametrize("actor", [HOUSING, ("housing", "lead_officer")], ids=str)
def test_another_window_and_another_lead_are_sent_to_the_right_window(world: World, actor: tuple[str, str]) -> None:
    with pytest.raises(NotAllowed, match="北镇市自然资源局综合受理窗口") as refused:
        window_of(world, actor)
    assert refused.value.code == "not_the_lead"
    assert world.scalar("SELECT count(*) FROM stage_cases") == 0


def test_where_any_window_may_the_one_that_starts_takes_in(
    sessions: sessionmaker[Session], release: Release, database: Database
) -> None:
    open_everywhere = changed((b"any = false", b"any = true"))
    assert open_everywhere.any_window
    assert window_of(installed(sessions, open_everywhere, database), HOUSING) == "housing_window"


def changed(*lines: tuple[bytes, bytes]) -> Release:
    """The reference pack with these lines of ``pack.toml`` replaced."""
    files = read_folder(PACKS / "beizhen")
    for old, new in lines:
        files["pack.toml"], times = re.subn(b"(?m)^" + re.escape(old) + b"$", new, files["pack.toml"])
        assert times == 1, old
    return load_files(files, vocabulary())


def installed(sessions: sessionmaker[Session], release: Release, database: Database) -> World:
    """A region on another release than the reference pack."""
    sessions.kw["info"][RELEASES].add(release)
    return World.install(sessions, release, database)


@pytest.fixture
def strict(sessions: sessionmaker[Session], database: Database) -> World:
    """A region whose windows must check, and whose pack names a clause behind the refusal."""
    clause = b'[refusals]\nproject_differs = "beizhen-4-1a"'
    return installed(sessions, changed((b"check = false", b"check = true"), (rb"[refusals]", clause)), database)


@pytest.fixture
def easy(sessions: sessionmaker[Session], release: Release, database: Database) -> World:
    """A region whose windows may do without the check."""
    return World.install(sessions, release, database)


def start_with(world: World, checked: dict[str, str] | None, channel: str = "window", by: Actor | None = None) -> Any:
    """Somebody starts the stage of the one project with what was checked; the stage case."""
    engineering = world.scalar("SELECT id FROM engineerings") or world.register()

    def work(session: Session) -> Any:
        now = current_time(session)
        return start_stage_case(
            session,
            by or world.clerk,
            engineering_id=engineering,
            stage="2",
            channel=channel,
            process_type="1",
            now=now,
            checked=checked,
        ).id

    return world.run(work)


def nothing_started(world: World) -> bool:
    """No stage case, no task, no entry of a start."""
    counts = "SELECT (SELECT count(*) FROM stage_cases) + (SELECT count(*) FROM work_items)"
    entries = "SELECT count(*) FROM audit_entries WHERE action = 'stage_case.start'"
    return (world.scalar(counts), world.scalar(entries)) == (0, 0)


@pytest.mark.parametrize(
    "checked",
    [PROJECT, {"name": " 闾山中学新校区 ", "credit_code": CREDIT_CODE.lower()}],
    ids=["the same", "blanks and small letters"],
)
def test_what_equals_the_registered_project_is_entered_and_the_check_recorded(
    strict: World, checked: dict[str, str]
) -> None:
    case = start_with(strict, checked)

    [entry] = strict.rows("SELECT * FROM audit_entries WHERE action = 'stage_case.start'")
    assert entry.object_id == str(case)
    after = strict.run(lambda session: read_details(entry._asdict(), vault_of(session)))["after"]
    assert isinstance(after, dict)
    assert after["checked"] == "项目名称、申报单位的统一社会信用代码"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": "闾山中学老校区"}, ["checked.name"]),
        ({"credit_code": OTHER_UNIT}, ["checked.credit_code"]),
        ({"name": "闾山中学", "credit_code": OTHER_UNIT}, ["checked.name", "checked.credit_code"]),
    ],
)
@pytest.mark.parametrize(("region", "clause"), [("strict", "beizhen-4-1a"), ("easy", None)])
def test_each_difference_is_named_without_the_registered_value_and_nothing_starts(
    request: pytest.FixtureRequest, region: str, clause: str | None, change: dict[str, str], fields: list[str]
) -> None:
    world: World = request.getfixturevalue(region)

    with pytest.raises(Conflict) as refused:
        start_with(world, {**PROJECT, **change})

    errors = refused.value.details["errors"]
    assert isinstance(errors, list)
    assert (refused.value.code, refused.value.clause) == ("project_differs", clause)
    assert [error["field"] for error in errors] == fields
    said = f"{refused.value.message}{errors}"
    assert [value for value in PROJECT.values() if value in said] == []
    assert nothing_started(world)


def test_where_the_pack_demands_the_check_a_window_does_not_start_without(strict: World) -> None:
    with pytest.raises(Invalid) as refused:
        start_with(strict, None)
    assert (refused.value.code, refused.value.field) == ("project_unchecked", "checked")
    assert nothing_started(strict)


def test_where_the_pack_does_not_demand_the_check_a_window_may_do_without(world: World) -> None:
    assert start_with(world, None)


def test_online_nobody_checks_and_nobody_may_claim_to(strict: World) -> None:
    applicant = strict.person("demo_applicant", "applicant")
    with pytest.raises(Invalid) as refused:
        start_with(strict, PROJECT, "online", applicant)
    assert refused.value.code == "checked_at_window"
    assert nothing_started(strict)
    assert start_with(strict, None, "online", applicant)
