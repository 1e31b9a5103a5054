"""From the secret of a session or token to the actor, in one query."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from accounts.policy import PASSWORD_AGE, SESSION_IDLE, SESSION_TOUCH
from accounts.roles import PERMISSIONS, ROLES_OVER_A_REGION, combine
from accounts.secrets import hash_secret
from errors import NotSignedIn

NOW = "(SELECT now FROM moment)"
LIVE_SESSION = """
    credential AS (
        SELECT id, user_id, NULL::text[] AS scopes FROM sessions
        WHERE secret_hash = :secret_hash AND ended_at IS NULL AND expires_at > {now} AND last_seen_at > {now} - :idle
    ), touched AS (
        UPDATE sessions SET last_seen_at = {now} WHERE id IN (
            SELECT id FROM sessions WHERE id IN (SELECT id FROM credential) AND last_seen_at < {now} - :touch
            FOR NO KEY UPDATE SKIP LOCKED
        )
    )
"""
LIVE_TOKEN = """
    credential AS (
        SELECT id, user_id, scopes FROM api_tokens
        WHERE secret_hash = :secret_hash AND revoked_at IS NULL AND expires_at > {now}
    )
"""
ACTOR = """
    WITH RECURSIVE moment AS MATERIALIZED (
        SELECT coalesce(CAST(:now AS timestamptz), platform_now()) AS now
    ), {credential}, posts AS (
        SELECT a.organisation_id, a.role, o.region_code
        FROM credential c JOIN appointments a USING (user_id) JOIN organisations o ON o.id = a.organisation_id
        WHERE a.valid_from <= {now} AND (a.valid_until IS NULL OR a.valid_until > {now}) AND o.active
    ), regions_below (code) AS (
        SELECT region_code FROM posts WHERE role = ANY(:roles_over_a_region)
        UNION SELECT r.code FROM regions r JOIN regions_below b ON r.parent_code = b.code
    )
    SELECT {now} AS now, c.id, c.user_id, c.scopes, u.username, u.display_name, u.organisation_id, o.region_code,
        u.must_change_password, u.password_changed_at,
        ARRAY(SELECT organisation_id FROM posts ORDER BY organisation_id, role) AS post_organisations,
        ARRAY(SELECT role FROM posts ORDER BY organisation_id, role) AS post_roles,
        ARRAY(SELECT code FROM regions_below) AS region_codes
    FROM credential c JOIN users u ON u.id = c.user_id JOIN organisations o ON o.id = u.organisation_id
    WHERE u.status = 'active' AND (u.valid_until IS NULL OR u.valid_until > {now}) AND o.active
"""


def _actor_by(credential: str) -> str:
    return ACTOR.format(credential=credential.format(now=NOW), now=NOW)


BY_SESSION = text(_actor_by(LIVE_SESSION))
BY_TOKEN = text(_actor_by(LIVE_TOKEN))


def authenticate_session(
    session: Session, secret: str, now: datetime | None = None, *, address: str | None = None
) -> Actor:
    """The person whose session has this secret; notes, once a minute, that the session is in use.

    Without ``now`` the query takes the platform's time itself, which spares the request a round trip.
    Raises ``NotSignedIn`` when the session is unknown, signed out, idle for too long or too old, or the person may
    no longer sign in. Posts are read anew every time: a dismissal counts at once.
    """
    row = session.execute(
        BY_SESSION,
        {
            "secret_hash": hash_secret(secret),
            "now": now,
            "idle": SESSION_IDLE,
            "touch": SESSION_TOUCH,
            "roles_over_a_region": ROLES_OVER_A_REGION,
        },
    ).one_or_none()
    if row is None:
        raise NotSignedIn("not_signed_in", "尚未登录或登录已失效，请重新登录。")
    expired = (
        row.must_change_password or row.password_changed_at is None or row.password_changed_at <= row.now - PASSWORD_AGE
    )
    return _actor(row, "session", address, PERMISSIONS if not expired else frozenset(), expired)


def authenticate_token(
    session: Session, secret: str, now: datetime | None = None, *, address: str | None = None
) -> Actor:
    """The system whose API token has this secret, with no more than the token's scopes; raises ``NotSignedIn``."""
    parameters = {"secret_hash": hash_secret(secret), "now": now, "roles_over_a_region": ROLES_OVER_A_REGION}
    row = session.execute(BY_TOKEN, parameters).one_or_none()
    if row is None:
        raise NotSignedIn("token_invalid", "接口令牌无效、已过期或已撤销；请向安全管理员申请新的令牌。")
    return _actor(row, "token", address, frozenset(row.scopes), expired=False)


def _actor(row: Row[Any], via: str, address: str | None, allowed: frozenset[str], expired: bool) -> Actor:
    grants = combine(tuple(row.post_roles))
    return Actor(
        user_id=row.user_id,
        username=row.username,
        display_name=row.display_name,
        organisation_id=row.organisation_id,
        region_code=row.region_code,
        posts=frozenset(map(Post, row.post_organisations, row.post_roles)),
        grants={permission: scope for permission, scope in grants.items() if permission in allowed},
        region_codes=frozenset(row.region_codes),
        via=via,
        credential_id=row.id,
        address=address,
        password_expired=expired,
    )
