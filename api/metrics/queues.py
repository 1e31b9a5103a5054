"""What the queues in Redis hold: RQ's own keys, read and never written."""

from __future__ import annotations

from dataclasses import dataclass

import redis

SECONDS_TO_REDIS = 0.5


@dataclass(frozen=True, slots=True)
class QueueLength:
    """The jobs of one queue by state."""

    name: str
    waiting: int
    running: int
    failed: int


def lengths(redis_url: str) -> list[QueueLength] | None:
    """The queues that were ever used since Redis started; None when it cannot be asked."""
    client = redis.Redis.from_url(
        redis_url,
        socket_connect_timeout=SECONDS_TO_REDIS,
        socket_timeout=SECONDS_TO_REDIS,
    )
    try:
        names = sorted(_text(key).removeprefix("rq:queue:") for key in client.smembers("rq:queues"))
        asked = client.pipeline(transaction=False)
        for name in names:
            asked.llen(f"rq:queue:{name}")
            asked.zcard(f"rq:wip:{name}")
            asked.zcard(f"rq:failed:{name}")
        found = asked.execute()
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()
    return [QueueLength(name, *found[at * 3 : at * 3 + 3]) for at, name in enumerate(names)]


def _text(key: bytes | str) -> str:
    return key.decode() if isinstance(key, bytes) else key
