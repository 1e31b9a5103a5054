"""The checks of readiness, each with what it found and what to do."""

from __future__ import annotations

from typing import Any

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.services import Services
from audit.protection import audit_protected
from cases.queries.backlog import backlog
from cases.releases import releases_of
from database.migrate import at_head
from errors import Refused

SECONDS_ALIVE = 60
SECONDS_BEHIND = 300  # a lost job is claimed anew after two minutes, and has as much again
SECONDS_TO_REDIS = 0.5

IN_FORCE = text("SELECT DISTINCT region_code FROM releases WHERE in_force_from <= platform_now()")

Check = dict[str, Any]

HEARTBEATS = text("""
    SELECT kind FROM heartbeats WHERE seen_at > platform_now() - make_interval(secs => :seconds) GROUP BY kind
""")


def readiness(services: Services) -> list[Check]:
    """Every check; one that cannot be made because another failed counts as not ready."""
    redis_check = _redis(services)
    try:
        with services.sessions() as session:
            return [_database(session), redis_check, *_platform(session)]
    except SQLAlchemyError:
        unknown = "数据库不可用，无法检查。"
        names = ("release", "worker", "scan", "due", "audit")
        down = _check("database", False, "数据库连不上或结构不完整，请检查 DATABASE_URL 并运行 ./bl migrate。")
        return [down, redis_check, *(_check(name, False, unknown) for name in names)]


def _check(name: str, ready: bool, message: str) -> Check:
    return {"name": name, "ready": ready, "message": message}


def _database(session: Session) -> Check:
    if at_head(session):
        return _check("database", True, "结构为最新。")
    return _check("database", False, "结构不是当前版本，请运行 ./bl migrate。")


def _redis(services: Services) -> Check:
    client = redis.Redis.from_url(
        services.settings.redis_url, socket_connect_timeout=SECONDS_TO_REDIS, socket_timeout=SECONDS_TO_REDIS
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return _check("redis", False, "Redis 连不上，请检查 REDIS_URL；办理照常进行，到期提醒与通知会推迟。")
    finally:
        client.close()
    return _check("redis", True, "可用。")


def _release(session: Session) -> Check:
    regions = session.scalars(IN_FORCE).all()
    if not regions:
        return _check("release", False, "没有生效的规则发布，请用 ./bl deploy 发布地区包。")
    try:
        for region_code in regions:
            releases_of(session).current(session, region_code)
    except Refused as refusal:
        return _check("release", False, refusal.message)
    return _check("release", True, "有生效的规则发布。")


def _platform(session: Session) -> list[Check]:
    alive = set(session.execute(HEARTBEATS, {"seconds": SECONDS_ALIVE}).scalars())
    protected = audit_protected(session)
    return [
        _release(session),
        _alive("worker", "后台进程", alive),
        _alive("scan", "到期扫描", alive),
        _due(session),
        _check(
            "audit",
            protected,
            "应用账号不能改动审计记录。"
            if protected
            else "审计未受保护：应用账号能改动审计记录，请为应用另设数据库账号。",
        ),
    ]


def _alive(kind: str, title: str, alive: set[str]) -> Check:
    ready = kind in alive
    silent = f"{title}超过 {SECONDS_ALIVE} 秒没有心跳，请检查进程是否在运行。"
    return _check(kind, ready, f"{title}在岗。" if ready else silent)


def _due(session: Session) -> Check:
    due = backlog(session)["due"]
    late = (
        f"{due.waiting} 个期限已过而未处理，最早的已迟 {due.lag / 60:.0f} 分钟，请检查后台进程的日志，或增加后台进程。"
    )
    return _check("due", due.lag <= SECONDS_BEHIND, "到期的期限都得到及时处理。" if due.lag <= SECONDS_BEHIND else late)
