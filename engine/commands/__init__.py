"""The commands: each takes definitions and snapshots and returns an ``Outcome``; none changes what it was given.

Every command raises ``SnapshotNeeded`` when it reaches an instance that is not in ``snapshots``, ``NotWaiting`` when
what it addresses is not awaited (any more), ``DataInvalid`` for data that may not enter, and ``ExecutionFailed`` when
the diagram cannot be stepped; after an exception nothing has changed.
"""

from __future__ import annotations

from engine.commands.cancel import cancel
from engine.commands.cascade import cascade
from engine.commands.complete import complete
from engine.commands.correlate import correlate
from engine.commands.fail_operation import fail_operation
from engine.commands.finish_operation import finish_operation
from engine.commands.fire import fire
from engine.commands.inspect import inspect
from engine.commands.lapse import lapse
from engine.commands.retry import retry
from engine.commands.signal import signal
from engine.commands.start import start

__all__ = [
    "cancel",
    "cascade",
    "complete",
    "correlate",
    "fail_operation",
    "finish_operation",
    "fire",
    "inspect",
    "lapse",
    "retry",
    "signal",
    "start",
]
