"""What the engine refuses or cannot do; the caller turns each into an answer or an incident."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from engine.findings import Finding


class EngineError(Exception):
    """Root of everything the engine raises on purpose; no snapshot was changed."""


class DefinitionInvalid(EngineError):
    """The files cannot be put in force; ``findings`` say which elements, why, and what to do instead."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("；".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class SnapshotNeeded(EngineError):
    """The command reaches instance ``instance_id``: load it (lock it) and call the command again with it."""

    def __init__(self, instance_id: UUID) -> None:
        super().__init__(f"需要实例 {instance_id}")
        self.instance_id = instance_id


class NotWaiting(EngineError):
    """The token, message or operation is not awaited (any more): done before, cancelled, or never there."""


class DataInvalid(EngineError):
    """Data at the border is no plain JSON or uses a reserved name; ``path`` says where."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}：{message}")
        self.path = path


class StateUnreadable(EngineError):
    """The stored state is damaged, of a later version, or names elements that the definitions do not have."""


class OperationFailed(EngineError):
    """Raised by ``perform`` when an operation fails in a way that the diagram may handle.

    ``code`` is the BPMN error code that an error boundary event of the service task may catch.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class ExecutionFailed(EngineError):
    """Stepping the diagram failed; nothing was changed, the caller records an incident.

    ``element_id`` is the element at fault, ``reason`` a sentence for people, ``trace`` the technical cause.
    """

    def __init__(self, instance_id: UUID, element_id: str, reason: str, trace: str = "") -> None:
        super().__init__(f"{element_id}：{reason}")
        self.instance_id = instance_id
        self.element_id = element_id
        self.reason = reason
        self.trace = trace
