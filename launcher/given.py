"""Servers that the environment names instead of private ones: their addresses, and what to say when they fail."""

from __future__ import annotations

from collections.abc import Mapping

import redis
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from database import migrate
from launcher.trouble import CannotStart


def given_databases(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The URLs of the application and the owner role in the platform's dialect; None without ``DATABASE_URL``."""
    application = environment.get("DATABASE_URL")
    if not application:
        return None
    owner = environment.get("DATABASE_OWNER_URL") or application
    return in_our_dialect("DATABASE_URL", application), in_our_dialect("DATABASE_OWNER_URL", owner)


def in_our_dialect(name: str, url: str) -> str:
    """``url`` for psycopg 3, whichever way PostgreSQL was written; raises ``CannotStart`` for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise CannotStart(f"{name} 不是数据库地址，应形如 postgresql://用户:密码@主机/库名。", exit_code=2) from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise CannotStart(f"{name} 指向 {parsed.get_backend_name()}，本平台只使用 PostgreSQL。", exit_code=2)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def upgrade(owner_url: str, application_url: str) -> None:
    """Migrate; raises ``CannotStart`` when the database cannot be reached or the role may not enter."""
    try:
        migrate.upgrade(owner_url, application_url)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        address = make_url(owner_url).render_as_string(hide_password=True)
        raise CannotStart(f"连不上数据库 {address}：{reason}\n请检查 DATABASE_URL 与 DATABASE_OWNER_URL。") from None


def check_redis(url: str) -> None:
    """Raises ``CannotStart`` when the Redis of ``REDIS_URL`` does not answer."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise CannotStart(
            f"连不上 REDIS_URL 指向的 Redis：{error}\n请检查 REDIS_URL，或取消设置以使用自带的。"
        ) from None
