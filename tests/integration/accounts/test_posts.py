"""Posts: who appoints whom, the three administrators, and vacancies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.actor import Post
from accounts.models import Appointment
from accounts.organisations import change_organisation
from accounts.posts import appoint, dismiss, list_vacant_posts, posts_without_holder
from accounts.users import disable_user
from errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from tests.integration.accounts.conftest import World

DAY = timedelta(days=1)
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")


def give(world: World, by: str, to: str, organisation: str, role: str, **period: timedelta) -> Appointment:
    actor = world.sign_in(by)
    return world.do(
        lambda session, now: appoint(
            session,
            actor,
            user_id=world.people[to],
            organisation_id=world.organisations[organisation],
            role=role,
            now=now,
            **{name: now + delay for name, delay in period.items()},
        )
    )


def take(world: World, by: str, appointment: Appointment) -> Appointment:
    actor = world.sign_in(by)
    return world.do(lambda session, now: dismiss(session, actor, appointment.id, reason="轮岗", now=now))


def held(world: World, name: str) -> Appointment:
    query = select(Appointment).where(Appointment.user_id == world.people[name])
    return world.do(lambda session, _: session.scalars(query).one())


def refused(kind: type[Refused], world: World, *arguments: str) -> str:
    with pytest.raises(kind) as caught:
        give(world, *arguments)
    return caught.value.code


def test_a_new_post_counts_from_the_next_request_on_and_so_does_its_end(world: World) -> None:
    appointment = give(world, "security", "clerk", "planning", "officer")
    assert Post(world.organisations["planning"], "officer") in world.sign_in("clerk").posts
    take(world, "security", appointment)
    assert world.sign_in("clerk").posts == {Post(world.organisations["window"], "window_clerk")}


def test_ending_an_appointment_twice_is_ending_it_once(world: World) -> None:
    appointment = held(world, "clerk")
    first = take(world, "security", appointment)
    assert take(world, "security", appointment).valid_until == first.valid_until


def test_a_post_counts_only_in_its_period(world: World) -> None:
    give(world, "security", "clerk", "planning", "officer", valid_from=DAY, valid_until=2 * DAY)
    seen = []
    for _ in range(3):
        seen.append("officer" in world.sign_in("clerk").roles)
        world.database.move_clock(DAY)
    assert seen == [False, True, False]


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_the_three_administrators_are_three_persons(world: World, first: str, second: str) -> None:
    take(world, "security", held(world, "officer"))
    give(world, "security", "officer", "city", first)
    code = refused(Conflict, world, "security", "officer", "city", second)
    assert code == ("already_appointed" if first == second else "roles_apart")


def test_two_administrations_of_one_person_may_follow_each_other(world: World) -> None:
    take(world, "security", held(world, "officer"))
    give(world, "security", "officer", "city", "system_administrator", valid_until=DAY)
    give(world, "security", "officer", "city", "audit_administrator", valid_from=DAY)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_an_administrator_has_no_post_of_the_business_and_its_holder_is_no_administrator(
    world: World, role: str
) -> None:
    assert refused(Conflict, world, "security", "officer", "city", role) == "roles_apart"
    take(world, "security", held(world, "officer"))
    give(world, "security", "officer", "city", role)
    assert refused(Conflict, world, "security", "officer", "planning", "officer") == "roles_apart"
    give(world, "security", "officer", "district", role)


def test_nobody_appoints_or_dismisses_oneself(world: World) -> None:
    assert refused(NotAllowed, world, "security", "security", "planning", "officer") == "not_oneself"
    with pytest.raises(NotAllowed):
        take(world, "security", held(world, "security"))


def test_a_system_administrator_appoints_only_administrators_that_nobody_is(world: World) -> None:
    code = "appointing_is_for_security"
    assert refused(NotAllowed, world, "system", "clerk", "planning", "officer") == code
    assert refused(NotAllowed, world, "system", "officer", "city", "security_administrator") == code
    take(world, "security", held(world, "auditor"))
    take(world, "security", held(world, "officer"))
    give(world, "system", "officer", "city", "audit_administrator")
    assert refused(NotAllowed, world, "system", "lead", "city", "audit_administrator") == code


def test_who_may_not_appoint_does_not_even_see_the_organisation(world: World) -> None:
    assert refused(NotFound, world, "clerk", "officer", "planning", "officer") == "organisation_not_found"


@pytest.mark.parametrize(
    ("organisation", "role", "code"),
    [
        ("applicant", "officer", "role_not_here"),
        ("planning", "applicant", "role_not_here"),
        ("window", "system_administrator", "role_not_here"),
        ("planning", "emperor", "role_unknown"),
    ],
)
def test_a_role_stands_only_where_it_belongs(world: World, organisation: str, role: str, code: str) -> None:
    assert refused(Invalid, world, "security", "officer", organisation, role) == code


def test_a_post_whose_last_holder_is_gone_is_vacant(world: World) -> None:
    lead, system = world.sign_in("lead"), world.sign_in("system")
    clerks = Post(world.organisations["window"], "window_clerk")
    heads = Post(world.organisations["planning"], "department_head")
    assert world.do(lambda s, now: list_vacant_posts(s, lead, now)) == []
    assert world.do(lambda s, now: posts_without_holder(s, [clerks, heads], now)) == [heads]
    world.do(lambda s, now: disable_user(s, system, world.people["clerk"], reason="调离", now=now))
    assert world.do(lambda s, now: list_vacant_posts(s, lead, now)) == [clerks]
    give(world, "security", "officer", "window", "window_clerk")
    assert world.do(lambda s, now: list_vacant_posts(s, lead, now)) == []


def test_posts_of_a_closed_organisation_give_nothing(world: World) -> None:
    system = world.sign_in("system")
    give(world, "security", "clerk", "planning", "officer")
    change = lambda s, now: change_organisation(s, system, world.organisations["planning"], active=False, now=now)  # noqa: E731
    world.do(change)
    assert world.sign_in("clerk").roles == {"window_clerk"}
