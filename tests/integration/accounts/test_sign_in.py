"""Signing in: the password, the lock, the timeouts, the end of a session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from accounts import passwords
from accounts.change_password import change_password
from accounts.models import SignIn
from accounts.policy import (
    FAILURES_BEFORE_LOCK,
    LOCK,
    PASSWORD_AGE,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    SESSIONS_PER_USER,
)
from accounts.sign_in import sign_in, sign_out
from accounts.users import disable_user, enable_user, reset_password, unlock_user
from audit.models import AuditEntry
from errors import Invalid, NotAllowed, NotSignedIn, Refused
from tests.integration.accounts.conftest import PASSWORD, World

NEW = "Another-Horse-8"
MINUTE = timedelta(minutes=1)


def refusal(world: World, username: str, password: str) -> Refused:
    with pytest.raises(NotSignedIn) as refused:
        sign_in(world.sessions, username, password)
    return refused.value


def entries(world: World, action: str) -> list[Any]:
    statement = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return list(world.do(lambda session, _: session.scalars(statement).all()))


def test_the_right_password_begins_a_session_that_knows_person_and_post(world: World) -> None:
    signed_in = sign_in(world.sessions, " Clerk ", PASSWORD, address="10.1.2.3")
    actor = world.actor(signed_in.secret)
    assert (actor.user_id, actor.username) == (world.people["clerk"], "clerk")
    assert actor.posts == {(world.organisations["window"], "window_clerk")}
    assert actor.via == "session"
    entry = entries(world, "session.begin")[-1]
    assert (entry.result, entry.actor_id, entry.address) == ("done", actor.user_id, "10.1.2.3")


def test_the_database_holds_neither_the_password_nor_the_secret(world: World) -> None:
    secret = sign_in(world.sessions, "clerk", PASSWORD).secret
    with world.database.connect() as connection:
        for table in ("users", "sessions", "audit_entries"):
            rows = connection.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
            assert not any(PASSWORD in row or secret in row for row in rows)


def test_unknown_wrong_disabled_and_locked_get_the_same_answer(world: World) -> None:
    system = world.sign_in("system")
    world.do(lambda session, now: disable_user(session, system, world.people["lead"], reason="调离", now=now))
    for _ in range(FAILURES_BEFORE_LOCK):
        refusal(world, "officer", "wrong")
    answers = [
        refusal(world, "nobody", PASSWORD),
        refusal(world, "clerk", "wrong"),
        refusal(world, "lead", PASSWORD),
        refusal(world, "officer", PASSWORD),
        refusal(world, "machine", ""),
        refusal(world, "\x00\ud800'; --", PASSWORD),
    ]
    assert len({(answer.code, answer.message) for answer in answers}) == 1


def test_unknown_and_wrong_cost_one_hash_each(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal(world, "nobody", "wrong")  # the hash of nothing is made once
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(password))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    refusal(world, "nobody", "one")
    refusal(world, "clerk", "two")
    assert verified == ["one", "two"]


def test_failures_are_audited_under_the_person_or_under_the_platform(world: World) -> None:
    refusal(world, "clerk", "wrong")
    refusal(world, "nobody", "wrong")
    known, unknown = entries(world, "session.begin")
    assert (known.result, known.stream_kind, known.stream_id) == ("refused", "users", str(world.people["clerk"]))
    assert (unknown.result, unknown.stream_kind) == ("refused", "audit_streams")


def test_the_account_is_locked_for_a_while_and_opens_by_itself(world: World) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        refusal(world, "clerk", "wrong")
    refusal(world, "clerk", PASSWORD)
    world.database.move_clock(LOCK - MINUTE)
    refusal(world, "clerk", PASSWORD)
    world.database.move_clock(2 * MINUTE)
    assert world.sign_in("clerk").username == "clerk"
    assert world.user("clerk").failures == 0


def test_attempts_during_the_lock_do_not_prolong_it(world: World) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        refusal(world, "clerk", "wrong")
    until = world.user("clerk").locked_until
    world.database.move_clock(MINUTE)
    refusal(world, "clerk", "wrong")
    assert world.user("clerk").locked_until == until


def test_a_right_password_forgets_the_failures_before_it(world: World) -> None:
    for _ in range(3):
        for _ in range(FAILURES_BEFORE_LOCK - 1):
            refusal(world, "clerk", "wrong")
        world.sign_in("clerk")


def test_guessing_in_parallel_gains_nothing(world: World) -> None:
    guesses = [f"wrong-{number}" for number in range(30)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda guess: refusal(world, "clerk", guess), guesses))
    assert world.user("clerk").failures == FAILURES_BEFORE_LOCK
    refusal(world, "clerk", PASSWORD)


def test_the_security_administrator_unlocks(world: World) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        refusal(world, "clerk", "wrong")
    security = world.sign_in("security")
    world.do(lambda session, now: unlock_user(session, security, world.people["clerk"], now=now))
    assert world.sign_in("clerk").username == "clerk"


def test_an_idle_session_ends_and_one_in_use_does_not(world: World) -> None:
    used, idle = (sign_in(world.sessions, "clerk", PASSWORD).secret for _ in range(2))
    for _ in range(3):
        world.database.move_clock(SESSION_IDLE - MINUTE)
        world.actor(used)
    with pytest.raises(NotSignedIn):
        world.actor(idle)


def test_a_session_ends_at_the_latest_after_its_absolute_time(world: World) -> None:
    secret = sign_in(world.sessions, "clerk", PASSWORD).secret
    step = SESSION_IDLE - MINUTE
    for _ in range(int(SESSION_ABSOLUTE / step)):
        world.database.move_clock(step)
        world.actor(secret)
    world.database.move_clock(step)
    with pytest.raises(NotSignedIn):
        world.actor(secret)


def test_the_use_of_a_session_is_written_at_most_once_a_minute(world: World) -> None:
    secret = sign_in(world.sessions, "clerk", PASSWORD).secret

    def last_seen() -> Any:
        return world.do(lambda session, _: session.scalar(select(SignIn.last_seen_at)))

    before = last_seen()
    world.actor(secret)
    assert last_seen() == before
    world.database.move_clock(2 * MINUTE)
    world.actor(secret)
    assert last_seen() > before


def test_signing_out_ends_this_session_only(world: World) -> None:
    one, other = (sign_in(world.sessions, "clerk", PASSWORD).secret for _ in range(2))
    actor = world.actor(one)
    world.do(lambda session, now: sign_out(session, actor, now))
    with pytest.raises(NotSignedIn):
        world.actor(one)
    assert world.actor(other).username == "clerk"


def test_one_more_session_than_allowed_ends_the_oldest(world: World) -> None:
    secrets = []
    for _ in range(SESSIONS_PER_USER + 1):
        secrets.append(sign_in(world.sessions, "clerk", PASSWORD).secret)
        world.database.move_clock(timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        world.actor(secrets[0])
    assert all(world.actor(secret).username == "clerk" for secret in secrets[1:])


@pytest.mark.parametrize(
    "secret",
    ["", "x", "'; DROP TABLE sessions --", "\x00\ud800", "密" * 1000],
    ids=["empty", "x", "sql", "bytes", "long"],
)
def test_an_unknown_secret_is_nobody(world: World, secret: str) -> None:
    with pytest.raises(NotSignedIn):
        world.actor(secret)


def test_a_disabled_person_is_out_at_once_and_may_be_let_in_again(world: World) -> None:
    system, secret = world.sign_in("system"), sign_in(world.sessions, "clerk", PASSWORD).secret
    world.do(lambda session, now: disable_user(session, system, world.people["clerk"], reason="调离", now=now))
    with pytest.raises(NotSignedIn):
        world.actor(secret)
    world.do(lambda session, now: enable_user(session, system, world.people["clerk"], now=now))
    with pytest.raises(NotSignedIn):
        world.actor(secret)
    assert world.sign_in("clerk").username == "clerk"


def test_an_expired_account_signs_in_no_more(world: World) -> None:
    secret = sign_in(world.sessions, "clerk", PASSWORD).secret
    with world.database.connect() as connection:
        connection.execute(text("UPDATE users SET valid_until = platform_now() WHERE username = 'clerk'"))
    refusal(world, "clerk", PASSWORD)
    with pytest.raises(NotSignedIn):
        world.actor(secret)


def test_a_new_password_replaces_the_old_and_ends_the_other_sessions(world: World) -> None:
    other = sign_in(world.sessions, "clerk", PASSWORD).secret
    own = sign_in(world.sessions, "clerk", PASSWORD).secret
    change_password(world.sessions, world.actor(own), PASSWORD, NEW)
    refusal(world, "clerk", PASSWORD)
    sign_in(world.sessions, "clerk", NEW)
    assert world.actor(own).username == "clerk"
    with pytest.raises(NotSignedIn):
        world.actor(other)


def test_a_wrong_present_password_changes_nothing_and_counts_as_a_failure(world: World) -> None:
    actor = world.sign_in("clerk")
    for _ in range(FAILURES_BEFORE_LOCK):
        with pytest.raises(NotAllowed):
            change_password(world.sessions, actor, "wrong", NEW)
    refusal(world, "clerk", PASSWORD)
    assert [entry.result for entry in entries(world, "user.change_password")] == ["refused"] * FAILURES_BEFORE_LOCK


def test_a_password_used_lately_is_refused(world: World) -> None:
    actor = world.sign_in("clerk")
    change_password(world.sessions, actor, PASSWORD, NEW)
    for used in (PASSWORD, NEW):
        with pytest.raises(Invalid) as refused:
            change_password(world.sessions, actor, NEW, used)
        assert refused.value.code == "password_used_before"


def test_an_initial_or_old_password_allows_nothing_but_its_change(world: World) -> None:
    system = world.sign_in("system")
    world.do(lambda s, now: reset_password(s, system, world.people["clerk"], password=NEW, now=now))
    signed_in = sign_in(world.sessions, "clerk", NEW)
    assert signed_in.password_expired
    actor = world.actor(signed_in.secret)
    assert actor.permissions == frozenset()
    with pytest.raises(NotAllowed) as refused:
        actor.require("task.work")
    assert refused.value.code == "password_change_required"
    change_password(world.sessions, actor, NEW, "Third-Horse-99")
    world.actor(signed_in.secret).require("task.work")
    world.database.move_clock(PASSWORD_AGE + MINUTE)
    assert world.actor(sign_in(world.sessions, "clerk", "Third-Horse-99").secret).password_expired


def test_a_hash_of_another_cost_is_renewed_at_sign_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.user("clerk").password_hash
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    world.sign_in("clerk")
    after = world.user("clerk").password_hash
    assert after != before
    assert world.sign_in("clerk").username == "clerk"
