"""Special procedures (特殊环节), the causes of suspensions: which there are, and whether one freezes the stage."""

from __future__ import annotations

from cases.position import Position
from engine import commands, happenings
from errors import Invalid
from processes.release import Release, SpecialProcedure


def named_procedure(release: Release, code: str) -> SpecialProcedure:
    """The special procedure of the pack; raises ``Invalid``, naming those that there are."""
    found = release.special_procedures.get(code)
    if found is None:
        offered = "、".join(f"{entry.name}（{entry.code}）" for entry in release.special_procedures.values())
        raise Invalid("special_procedure_unknown", f"挂起要选定特殊环节的类型，可选：{offered}。", field="procedure")
    return found


def freezes(release: Release, position: Position) -> bool:
    """Whether the diagram declares that the stage freezes with this item, whose chain was read."""
    if position.parent_id is None:
        return False
    outcome = commands.cascade(release.definitions, position.snapshots, position.id, "suspended")
    return any(
        isinstance(found, happenings.CascadeTriggered) and found.effect == "freeze" for found in outcome.happenings
    )
