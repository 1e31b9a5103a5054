"""The joint meeting before dispatch: its minutes are files of the stage, and the departments confirm once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from errors import Invalid
from tests.integration.cases.world import World

MEETING = {"mode": "offline", "held_on": "2026-11-20", "outcome": "红线已调整"}


def meeting(world: World, *files: UUID | str, **more: Any) -> dict[str, Any]:
    """What the lead writes about the meeting."""
    return {**MEETING, "files": [{"reference": str(file)} for file in files], **more}


def test_the_minutes_of_a_meeting_are_files_and_without_them_nobody_confirms_again(world: World) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="confirm")
    first = world.tasks(stage_case, "confirm")[0]
    world.complete(first, {"result": "problem", "problem": "红线与规划不符"})
    world.drive(stage_case, until="settle_problems")
    (settle,) = world.tasks(stage_case, "settle_problems")
    attendees = {"attendees": [str(first.organisation_id)]}
    lead = world.worker(settle)
    minutes, annex = world.upload(lead, "会议记录.pdf"), world.upload(lead, "签到表.pdf")
    strange = world.upload(world.person("gas", "officer"))

    for files, field in (((), "files"), ((strange,), "values.files.0.reference"), ((minutes, minutes), None)):
        with pytest.raises(Invalid) as refused:
            world.complete(settle, meeting(world, *files, **attendees))
        assert refused.value.field == (field or "values.files.1.reference")
    assert world.scalar("SELECT count(*) FROM file_uses WHERE purpose = 'minutes'") == 0
    world.complete(settle, meeting(world, minutes, annex, **attendees))

    uses = world.rows("SELECT upload_id, label FROM file_uses WHERE purpose = 'minutes' AND stage_case_id IS NOT NULL")
    assert {use.upload_id for use in uses} == {minutes, annex}
    assert first.organisation_id in {task.organisation_id for task in world.tasks(stage_case, "confirm")}
    world.drive(stage_case, until="dispatch")
    (dispatch,) = world.tasks(stage_case, "dispatch")
    called = {**meeting(world, world.upload(lead)), "joint_meeting": True}
    del called["outcome"]
    with pytest.raises(Invalid):
        world.complete(dispatch, {**called, "files": []})
    world.complete(dispatch, called)
    assert world.scalar("SELECT count(*) FROM file_uses WHERE purpose = 'minutes'") == 3
