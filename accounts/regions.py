"""Use cases on regions: create one, and find those below."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Region
from audit.record import record
from errors import Conflict, Invalid

CODE = re.compile(r"[0-9A-Za-z]{2,12}")


def create_region(
    session: Session, actor: Actor | None, *, code: str, name: str, parent_code: str | None, now: datetime
) -> Region:
    """Create a region; ``code`` is its GB/T 2260 code or, for a development zone, a local one.

    ``actor`` None is the platform itself (set-up, demonstration). Raises ``Invalid`` and ``Conflict``.
    """
    if CODE.fullmatch(code) is None:
        message = f"地区代码“{code}”须为 2 至 12 位数字或字母（行政区划代码，功能区可用本地代码）。"
        raise Invalid("region_code_shape", message, field="code")
    if not name.strip():
        raise Invalid("name_missing", "请填写地区名称。", field="name")
    if session.get(Region, code) is not None:
        raise Conflict("region_exists", f"地区代码“{code}”已被使用，请核对后换一个代码。", field="code")
    if parent_code is not None and session.get(Region, parent_code) is None:
        raise Invalid("parent_unknown", f"上级地区“{parent_code}”不存在，请先建立上级地区。", field="parent_code")
    region = Region(code=code, name=name.strip(), parent_code=parent_code)
    after = {"code": code, "name": region.name, "parent_code": parent_code}
    record(session, region, actor=actor, action="region.create", recorded_at=now, after=after)
    return region


def region_and_below(code: str) -> Select[str]:
    """The codes of a region and of everything below it, for an ``IN``."""
    top = select(Region.code).where(Region.code == code).cte("subtree", recursive=True)
    subtree = top.union(select(Region.code).join(top, Region.parent_code == top.c.code))
    return select(subtree.c.code)
