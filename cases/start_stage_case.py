"""Start a stage case: one engineering enters one stage, pinned to the release in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.record import record
from cases.begin import begin
from cases.changes import Changes
from cases.context import Context
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase
from cases.operations.organisations import organisation_ids
from cases.refusals import in_words
from cases.releases import citing, releases_of
from cases.stage_order import check_order
from cases.window_check import COMPARED, check_at_window
from errors import Conflict, Invalid, NotAllowed, NotFound
from processes.release import Release, Stage


def start_stage_case(
    session: Session,
    actor: Actor,
    *,
    engineering_id: UUID,
    stage: str,
    channel: str,
    process_type: str,
    now: datetime,
    checked: Mapping[str, str] | None = None,
) -> StageCase:
    """Open the stage case and start its diagram.

    ``stage`` and ``process_type`` are codes of the release in force in the project's region; ``channel`` is ``window``
    or ``online`` (by the applicant; the lead department then confirms the process type). ``checked`` is what the clerk
    compared with the paper application, see :func:`cases.window_check.check_at_window`. Raises ``NotFound``,
    ``Invalid``, ``NotAllowed`` and ``Conflict`` (the stage is open already, an earlier one must be completed first, an
    organisation is missing, the application differs from the project).
    """
    engineering, project = _engineering(session, actor, engineering_id)
    _check_channel(actor, channel, project)
    release = releases_of(session).current(session, project.region_code)
    entry = _stage(release, process_type, stage)
    with citing(session, release.id):
        check_at_window(project, channel, checked, required=release.window_check)
        check_order(session, engineering_id, release.process_types[process_type], entry)
    ids = organisation_ids(session, release)
    for code in (entry.lead, entry.window):
        if code not in ids:
            raise Conflict("organisation_missing", f"机构 {code} 尚未建立，请联系系统管理员建立机构后再办。")
    case = StageCase(
        id=uuid4(),
        region_code=project.region_code,
        engineering_id=engineering.id,
        stage=stage,
        process_type=process_type,
        channel=channel,
        release_id=release.id,
        applicant_id=project.applicant_id,
        lead_id=ids[entry.lead],
        window_id=_window(actor, channel, release, ids[entry.lead], ids[entry.window], entry),
        status="open",
        opened_by=actor.user_id,
        opened_at=now,
    )
    after = {"engineering": str(engineering.id), "stage": stage, "process_type": process_type, "release": release.id}
    after |= {} if checked is None else {"checked": "、".join(COMPARED.values())}
    with in_words():
        record(session, case, actor=actor, action="stage_case.start", recorded_at=now, after=after)
    _start_diagram(session, actor, case, release, entry.diagram, now)
    session.refresh(case)
    return case


def _engineering(session: Session, actor: Actor, engineering_id: UUID) -> tuple[Engineering, Project]:
    engineering = session.get(Engineering, engineering_id)
    project = None if engineering is None else session.get(Project, engineering.project_id)
    if engineering is None or project is None:
        raise NotFound("engineering_not_found", "没有这个工程，或它不在您的办理范围内。")
    if not actor.sees("stage_case.start", region_code=project.region_code, organisation_id=project.applicant_id):
        raise NotFound("engineering_not_found", "没有这个工程，或它不在您的办理范围内。")
    return engineering, project


def _check_channel(actor: Actor, channel: str, project: Project) -> None:
    if channel not in ("window", "online"):
        raise Invalid("channel_unknown", "申报方式只有窗口（window）和网上（online）。", field="channel")
    own = project.applicant_id in actor.organisation_ids
    if channel == "online" and not own:
        raise NotAllowed("online_by_applicant", "网上申报由申报单位自己发起；代办请选择窗口申报。", field="channel")
    if channel == "window" and own:
        raise NotAllowed("window_by_clerk", "窗口申报由窗口人员发起；申报单位请选择网上申报。", field="channel")


def _window(actor: Actor, channel: str, release: Release, lead: UUID, window: UUID, stage: Stage) -> UUID:
    """The window that takes in: the stage's own; where any window may, the one that the clerk works at."""
    if channel == "online" or not actor.organisation_ids.isdisjoint({lead, window}):
        return window
    at = sorted(post.organisation_id for post in actor.posts if post.role == "window_clerk")
    if release.any_window and at:
        return at[0]
    names = release.organisations
    raise NotAllowed(
        "not_the_lead",
        f"{stage.name}阶段由牵头部门{names[stage.lead].name}发起策划，请引导申报单位到{names[stage.window].name}办理。",
    )


def _stage(release: Release, process_type: str, stage: str) -> Stage:
    entry = release.process_types.get(process_type)
    if entry is None:
        raise Invalid("process_type_unknown", "本地区没有这个流程类型，请重新选择。", field="process_type")
    if stage not in entry.stages:
        raise Invalid("stage_unknown", f"流程类型“{entry.name}”没有这个阶段，请重新选择。", field="stage")
    return entry.stages[stage]


def _start_diagram(
    session: Session, actor: Actor, case: StageCase, release: Release, diagram: str, now: datetime
) -> None:
    data = {
        "stage_case": str(case.id),
        "engineering": str(case.engineering_id),
        "stage": case.stage,
        "process_type": case.process_type,
        "channel": case.channel,
        "applicant": str(case.applicant_id),
        "lead": str(case.lead_id),
        "window": str(case.window_id),
    }
    context = Context(session, release, actor, now, case.id, Changes(now, actor.user_id))
    begin(session, context, uuid4(), diagram, data)
