"""People who work all the while: each completes tasks over HTTP, asks again with the same key, and keeps a log."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, Queue
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

from errors import Busy
from tests.bench.web import Client
from tests.faults.rig import Rig

PEOPLE = 3
PAUSE = 0.05
SIGNED_OUT = 401
DONE_ALREADY = (409, "task_already_done")
KEPT = timedelta(hours=24)  # api/idempotency.py


@dataclass
class Load:
    """The people. ``acknowledged`` are the tasks whose completion was answered with success, ``refused`` the others.

    ``late`` are those whose answer was lost and no longer kept when the person asked again: time had been moved on.
    """

    rig: Rig
    asked: set[UUID] = field(default_factory=set)
    acknowledged: list[UUID] = field(default_factory=list)
    late: list[UUID] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    repeated: int = 0
    waiting: Queue[UUID] = field(default_factory=Queue)
    _over: Event = field(default_factory=Event)
    _people: list[Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._people = [Thread(target=self._work, daemon=True) for _ in range(PEOPLE)]
        for person in self._people:
            person.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for person in self._people:
            person.join(60)

    def give(self, tasks: list[UUID]) -> None:
        """More tasks for whoever is free."""
        self.asked.update(tasks)
        for task in tasks:
            self.waiting.put(task)

    @property
    def answered(self) -> bool:
        """Whether every task was answered for good."""
        return len(self.acknowledged) + len(self.late) + len(self.refused) == len(self.asked)

    def _work(self) -> None:
        client: Client | None = None
        while not self._over.is_set():
            try:
                task = self.waiting.get(timeout=PAUSE)
            except Empty:
                continue
            client = self._complete(client, task)
        if client is not None:
            client.connection.close()

    def _complete(self, client: Client | None, task: UUID) -> Client | None:
        """Ask under one key until an answer comes that says how it stands; the client to go on with."""
        key, began = str(uuid4()), self.rig.passed
        while not self._over.is_set():
            status, answer = 0, None
            try:
                client = client or self.rig.web.client(self.rig.bench.officer)
                client.headers["Idempotency-Key"] = key
                status, answer = client.ask("POST", f"/tasks/{task}/completion", {"values": {}})
            except (OSError, http.client.HTTPException, Busy):
                if client is not None:
                    client.connection.close()
            if status == SIGNED_OUT and client is not None:  # time was moved past the end of the session
                client.connection.close()
                client = None
            elif status and client is not None and not client.told_to_ask_again:
                self._keep(task, status, answer, late=self.rig.passed - began > KEPT)
                return client
            self.repeated += 1
            self._over.wait(PAUSE)
        return client

    def _keep(self, task: UUID, status: int, answer: Any, *, late: bool) -> None:
        """Write the answer down. Who asks again more than a day later may hear that it is done: that was his own."""
        if status < 300:
            self.acknowledged.append(task)
        elif late and (status, answer["code"]) == DONE_ALREADY:
            self.late.append(task)
        else:
            self.refused.append(f"{status} {answer['code']}: {task}")
