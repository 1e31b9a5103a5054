"""Sentences on service windows, and on a pack that lets any of them take in."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when
from sqlalchemy.orm import Session

from bootstrap import load_releases, open_sessions
from cases.releases import vocabulary
from database.clock import current_time
from database.transaction import in_transaction
from features.selection import current
from features.steps.cast import WHO
from features.steps.stages import bring, quoted, start
from features.steps.world import World
from launcher.system import Platform
from processes.install import install
from processes.loader import load_files, read_folder

OWN_ONLY, ANY = b"[windows]\nany = false", b"[windows]\nany = true"


@given("地区包设定任一综合窗口都可以发起和收件")
def any_window_may(platform: Platform) -> None:
    """Put the pack of the run in force with the switch on; the platform is put back before the next scenario."""
    files = read_folder(current().pack)
    pack = files["pack.toml"].replace(OWN_ONLY, ANY)
    assert ANY in pack, "地区包没有写明由哪个窗口发起和收件"
    release = load_files({**files, "pack.toml": pack}, vocabulary())

    def work(session: Session) -> None:
        install(session, release, current_time(session))

    sessions = open_sessions(platform.settings, load_releases())
    try:
        in_transaction(sessions, work)
    finally:
        sessions.kw["bind"].dispose()


@when(parsers.re(WHO + "收下项目“(?P<name>[^”]+)”，需要审批的(?P<items>.+)转办$"))
def takes_in_and_dispatches(world: World, who: str, name: str, items: str) -> None:
    bring(start(world, who, "window", name), quoted(items), "已经统一转办")


@then(parsers.re(WHO + "看到收件的是(?P<window>.+)$"))
def taken_in_by(world: World, who: str, window: str) -> None:
    person = world.person(who)
    received = world.course.look(person)["received_at"]
    done = person.pages(f"/stage-cases/{world.course.id}/history")
    assert {entry["organisation_name"] for entry in done if entry["closed_at"] == received} == {window}
