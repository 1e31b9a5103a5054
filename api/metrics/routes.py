"""``/metrics`` for Prometheus, which signs in with an API token of the scope ``metrics.read``."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.metrics.exposition import Figures, exposition
from api.metrics.queues import lengths
from api.operation import Call, Resource
from cases.queries.backlog import backlog, beats, red_matters

resource = Resource("metrics", "运行指标", prefix="")


@resource.operation("GET", "/metrics", None, permission="metrics.read", text=CONTENT_TYPE_PLAIN_0_0_4)
def read_metrics(call: Call) -> str:
    """平台的运行指标

    Prometheus 文本格式。各项在查询时由数据库和 Redis 算出，问哪个进程都一样；只含数量与时长，不含办件内容。
    """
    session = call.session
    figures = Figures(backlog(session), red_matters(session), beats(session), lengths(call.services.settings.redis_url))
    return exposition(figures)
