"""``/healthz`` for the supervisor of a process, ``/readyz`` for whoever sends people to it."""

from __future__ import annotations

from api.health.readiness import readiness
from api.health.schemas import HealthAnswer, ReadinessAnswer
from api.operation import Answer, Call, Resource

resource = Resource("health", "运行状态", prefix="")


@resource.operation("GET", "/healthz", HealthAnswer, public=True, transaction=False)
def read_health(call: Call) -> dict[str, str]:
    """进程是否存活

    只说明本进程能够应答，不检查数据库等。
    """
    return {"status": "ok"}


@resource.operation("GET", "/readyz", ReadinessAnswer, public=True, transaction=False, also=(503,))
def read_readiness(call: Call) -> Answer:
    """平台是否就绪

    逐项检查：数据库结构为最新、Redis 可用、有生效的规则发布、有在岗的后台进程与到期扫描、到期的期限及时处理、
    审计受保护。有一项不就绪时以 503 答复，内容相同。
    """
    checks = readiness(call.services)
    ready = all(check["ready"] for check in checks)
    return Answer({"ready": ready, "checks": checks}, status=200 if ready else 503)
