"""Signing in and out over HTTP."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from accounts.policy import FAILURES_BEFORE_LOCK, LOCK, PASSWORD_AGE, SESSION_IDLE
from api.description import SESSION_COOKIE
from tests.integration.api.world import PASSWORD, Client, Reply, World, problem, sign_in

RIGHT = {"username": "officer", "password": PASSWORD}
WRONG = {"username": "officer", "password": "Somebody-Else-2026"}


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(world: World) -> None:
    reply = Client(world.app)("POST", "/sessions", RIGHT)
    assert reply.status == 201
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert reply.body["user"]["username"] == "officer"
    assert reply.body["posts"][0]["role"] == "officer"


def test_outside_loopback_the_cookie_travels_over_tls_only(world: World) -> None:
    for host in ("approval.example.cn", "localhost.example.cn:80"):
        reply = Client(world.app)("POST", "/sessions", RIGHT, base_url=f"http://{host}")
        assert "; Secure" in reply.headers["Set-Cookie"]


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(world: World) -> None:
    client = Client(world.app)
    known = client("POST", "/sessions", WRONG)
    unknown = client("POST", "/sessions", {"username": "nobody", "password": PASSWORD})
    assert problem(known) == problem(unknown) == (401, "sign_in_refused")
    assert known.body["detail"] == unknown.body["detail"]
    assert "Set-Cookie" not in known.headers


def test_wrong_passwords_lock_the_account_even_for_the_right_one(world: World) -> None:
    client = Client(world.app)
    for _ in range(FAILURES_BEFORE_LOCK):
        client("POST", "/sessions", WRONG)
    assert problem(client("POST", "/sessions", RIGHT)) == (401, "sign_in_refused")
    world.database.move_clock(LOCK + timedelta(seconds=1))
    assert client("POST", "/sessions", RIGHT).status == 201


def test_too_many_attempts_under_one_name_are_put_off(world: World) -> None:
    client = Client(world.app)
    replies = [client("POST", "/sessions", {"username": "nobody", "password": "x"}) for _ in range(21)]
    assert problem(replies[-1]) == (429, "too_many_requests")
    assert int(replies[-1].headers["Retry-After"]) > 0
    assert client("POST", "/sessions", RIGHT).status == 201


def test_without_a_session_nothing_is_shown(world: World) -> None:
    reply = Client(world.app)("GET", "/sessions/current")
    assert problem(reply) == (401, "not_signed_in")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_forged_or_malformed_credential_is_nobody(world: World) -> None:
    browser = world.app.test_client(use_cookies=False)
    cookies = [{"Cookie": f"{SESSION_COOKIE}={value}"} for value in ("x" * 43, "", "; ;", "é" * 20, "a" * 5000)]
    words = ("Bearer", "Bearer  ", "Basic b2ZmaWNlcjp4", "Bearer " + "x" * 40, "bl_token", "Bearer é\x7f")
    for headers in [*cookies, *({"Authorization": word} for word in words)]:
        assert problem(Reply.of(browser.get("/api/v1/sessions/current", headers=headers)))[0] == 401


def test_signing_out_ends_the_session_at_once(world: World) -> None:
    client = sign_in(world.app, "officer")
    reply = client("DELETE", "/sessions/current")
    assert reply.status == 204
    assert "Max-Age=0" in reply.headers["Set-Cookie"]
    assert client("GET", "/sessions/current").status == 401


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(world: World) -> None:
    client, thief = sign_in(world.app, "officer"), Client(world.app)
    cookie = client.browser.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    thief.browser.set_cookie(SESSION_COOKIE, cookie.value)
    assert thief("GET", "/sessions/current").status == 200
    client("DELETE", "/sessions/current")
    assert thief("GET", "/sessions/current").status == 401


def test_an_idle_session_ends(world: World) -> None:
    client = sign_in(world.app, "officer")
    world.database.move_clock(SESSION_IDLE + timedelta(seconds=1))
    assert problem(client("GET", "/sessions/current"))[0] == 401


def test_a_change_without_the_csrf_token_is_refused(world: World) -> None:
    client = sign_in(world.app, "officer")
    right, client.csrf = client.csrf, ""
    assert problem(client("DELETE", "/sessions/current")) == (403, "csrf_token_missing")
    client.csrf = sign_in(world.app, "officer").csrf
    assert problem(client("DELETE", "/sessions/current")) == (403, "csrf_token_missing")
    assert client("DELETE", "/sessions/current", headers={"X-CSRF-Token": "é"}).status == 403
    client.csrf = right
    assert client("DELETE", "/sessions/current").status == 204


def test_a_change_that_another_site_may_have_sent_is_audited_as_refused(world: World) -> None:
    client = sign_in(world.app, "officer")
    client.csrf = ""
    assert client("POST", "/sessions/current/password", {"present": PASSWORD, "new": "Another-Word-2027"}).status == 403
    assert client("GET", "/sessions/current").status == 200
    with world.database.connect() as connection:
        found = connection.execute(
            text("SELECT actor_id, action, stream_kind FROM audit_entries WHERE result = 'refused'")
        ).all()
    assert found == [(world.people["officer"], "POST /api/v1/sessions/current/password", "users")]


def test_a_changed_password_counts_and_ends_the_other_sessions(world: World) -> None:
    other, client = sign_in(world.app, "officer"), sign_in(world.app, "officer")
    new = "Another-Word-2027"
    assert client("POST", "/sessions/current/password", {"present": PASSWORD, "new": new}).status == 204
    assert client("GET", "/sessions/current").status == 200
    assert other("GET", "/sessions/current").status == 401
    assert Client(world.app)("POST", "/sessions", RIGHT).status == 401
    assert sign_in(world.app, "officer", new)("GET", "/sessions/current").status == 200


def test_a_wrong_present_password_or_a_weak_new_one_changes_nothing(world: World) -> None:
    client = sign_in(world.app, "officer")
    wrong = client("POST", "/sessions/current/password", {"present": "x", "new": "Another-Word-2027"})
    assert problem(wrong) == (403, "password_wrong")
    weak = client("POST", "/sessions/current/password", {"present": PASSWORD, "new": "1234567890"})
    assert problem(weak) == (422, "password_too_simple")
    assert weak.body["errors"][0]["field"] == "/new"
    same = client("POST", "/sessions/current/password", {"present": PASSWORD, "new": PASSWORD})
    assert problem(same) == (422, "password_used_before")
    assert Client(world.app)("POST", "/sessions", RIGHT).status == 201


def test_an_expired_password_allows_nothing_but_changing_it(world: World) -> None:
    world.database.move_clock(PASSWORD_AGE + timedelta(days=1))
    client = sign_in(world.app, "officer")
    assert client("GET", "/sessions/current").body["must_change_password"] is True
    assert problem(client("GET", "/organisations")) == (403, "password_change_required")
    new = {"present": PASSWORD, "new": "Another-Word-2027"}
    assert client("POST", "/sessions/current/password", new).status == 204
    assert client("GET", "/organisations").status == 200


def test_a_refused_attempt_is_audited_apart(world: World) -> None:
    client = sign_in(world.app, "officer")
    refused = client("POST", "/regions", {"code": "99", "name": "乙区"})
    assert problem(refused) == (403, "permission_missing")
    with world.database.connect() as connection:
        found = connection.execute(text("SELECT actor_id, action FROM audit_entries WHERE result = 'refused'")).all()
        assert found == [(world.people["officer"], "POST /api/v1/regions")]
        assert connection.execute(text("SELECT count(*) FROM regions WHERE code = '99'")).scalar_one() == 0
