"""The figures as Prometheus reads them: computed when they are asked for, so that every process tells the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.metrics.queues import QueueLength
from cases.queries.backlog import Beat, Waiting


class Figures(Collector):
    """What was found at one moment; ``queues`` is None while Redis cannot be asked."""

    def __init__(
        self,
        waiting: dict[str, Waiting],
        red: dict[str, int],
        beats: Sequence[Beat],
        queues: Sequence[QueueLength] | None,
    ) -> None:
        self.waiting, self.red, self.beats, self.queues = waiting, red, beats, queues

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every family, whether or not it has a value now."""
        meaning = "等待后台处理的行数：到期 due、通知 outbox、对外通知 outside、亮灯 lights"
        number = _family("binglian_waiting", meaning, "kind")
        lag = _family("binglian_lag_seconds", "其中最早一行已迟的秒数；没有等待的为 0", "kind")
        for kind, found in self.waiting.items():
            number.add_metric([kind], found.waiting)
            lag.add_metric([kind], found.lag)
        red = _family(
            "binglian_red_matters", "须有人处理的：岗位空缺 vacant、送达失败 failed、流程事件 incident", "kind"
        )
        for kind, count in self.red.items():
            red.add_metric([kind], count)
        age = _family("binglian_heartbeat_age_seconds", "进程最近一次心跳距今的秒数", "kind", "host", "pid")
        for beat in self.beats:
            age.add_metric([beat.kind, beat.host, str(beat.pid)], beat.age)
        up = _family("binglian_redis_up", "Redis 可用为 1，否则为 0")
        up.add_metric([], 0 if self.queues is None else 1)
        jobs = _family("binglian_queue_jobs", "Redis 队列中的作业：等待、正在执行、失败", "queue", "state")
        for queue in self.queues or ():
            for state in ("waiting", "running", "failed"):
                jobs.add_metric([queue.name, state], getattr(queue, state))
        yield from (number, lag, red, age, up, jobs)


def exposition(figures: Figures) -> str:
    """The figures in Prometheus' text format, from a registry of their own."""
    registry = CollectorRegistry()
    registry.register(figures)
    return generate_latest(registry).decode()


def _family(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
