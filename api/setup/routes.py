"""The first administrator of a new platform."""

from __future__ import annotations

from accounts.models import User
from accounts.set_up import first_administrator
from api.operation import Call, Resource
from api.setup.schemas import SetupInput
from api.users.schemas import UserAnswer

resource = Resource("setup", "首次设置")

TRIES = "10 per minute"


@resource.operation("POST", "/setup", UserAnswer, status=201, body=SetupInput, public=True, refusals=(403, 409, 429))
def set_platform_up(call: Call) -> User:
    """建立首位系统管理员

    凭启动平台时打印的一次性设置码；平台已有系统管理员后不再可用。
    """
    with call.services.limiter.limit(TRIES, scope="setup"):
        return first_administrator(call.session, now=call.now(), **call.body)
