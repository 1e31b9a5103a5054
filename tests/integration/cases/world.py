"""What the tests of the approval domain do again and again, in the words of the people who do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from subprocess import Popen
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor, Post
from accounts.models import Organisation, Region, User
from accounts.roles import combine
from cases.complete_task import complete_task
from cases.models import WorkItem
from cases.register_project import register_project
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from database.transaction import in_transaction
from errors import Conflict
from files.receive_file import Received
from files.scanning import NOT_SCANNED, Scan
from files.store import Content
from files.upload_file import upload_file
from launcher.children import wait_until
from processes import install
from processes.release import Release

T = TypeVar("T")
CODE = "2403-210782-04-01-123456"
CREDIT_CODE = "91210782MA0N00010Y"
SECONDS_TO_WORK = 300.0


@dataclass
class World:
    """One region with its organisations; people are made when a post is first asked for."""

    sessions: sessionmaker[Session]
    release: Release
    organisations: dict[str, UUID]
    database: Any
    people: dict[tuple[str, str, int], Actor] = field(default_factory=dict)

    @classmethod
    def install(cls, sessions: sessionmaker[Session], release: Release, database: Any) -> World:
        """Put the release in force in a region of its own."""

        def work(session: Session) -> dict[str, UUID]:
            now = current_time(session)
            region = release.region
            if region.parent is not None:
                session.add(Region(code=region.parent.code, name=region.parent.name))
                session.flush()
            session.add(Region(code=region.code, name=region.name, parent_code=region.parent and region.parent.code))
            session.flush()
            install.install(session, release, now)
            for entry in release.organisations.values():
                session.add(
                    Organisation(
                        region_code=region.code,
                        code=entry.code,
                        name=entry.name,
                        kind=entry.kind,
                        function=entry.function,
                        credit_code=entry.credit_code,
                        created_at=now,
                    )
                )
            session.flush()
            return {row.code: row.id for row in session.execute(select(Organisation.code, Organisation.id))}

        return cls(sessions, release, in_transaction(sessions, work), database)

    def copy(self, sessions: sessionmaker[Session], database: Any) -> World:
        """This world in a copy of its database."""
        return World(sessions, self.release, dict(self.organisations), database, dict(self.people))

    def run(self, work: Callable[[Session], T]) -> T:
        """One transaction."""
        return in_transaction(self.sessions, work)

    def person(self, organisation: str | UUID, role: str, number: int = 1) -> Actor:
        """Somebody who holds a post; ``number`` tells colleagues apart."""
        code = organisation if isinstance(organisation, str) else self.code_of(organisation)
        key = (code, role, number)
        if key not in self.people:
            self.people[key] = self._make_person(code, role, number)
        return self.people[key]

    def code_of(self, organisation_id: UUID) -> str:
        """The pack's code of an organisation."""
        return next(code for code, found in self.organisations.items() if found == organisation_id)

    def _make_person(self, code: str, role: str, number: int) -> Actor:
        organisation_id = self.organisations[code]
        name = f"{code}_{role}_{number}"

        def work(session: Session) -> UUID:
            now = current_time(session)
            user = User(username=name, display_name=name, organisation_id=organisation_id, created_at=now)
            session.add(user)
            session.flush()
            session.execute(
                text(
                    "INSERT INTO appointments (id, user_id, organisation_id, role, valid_from) "
                    "VALUES (gen_random_uuid(), :user, :organisation, :role, :now)"
                ),
                {"user": user.id, "organisation": organisation_id, "role": role, "now": now},
            )
            return user.id

        region = self.release.region.code
        return Actor(
            user_id=self.run(work),
            username=name,
            display_name=name,
            organisation_id=organisation_id,
            region_code=region,
            posts=frozenset({Post(organisation_id, role)}),
            grants=combine([role]),
            region_codes=frozenset({region}),
        )

    @property
    def clerk(self) -> Actor:
        """A clerk of the service window."""
        return self.person("natural_resources_window", "window_clerk")

    @property
    def lead(self) -> Actor:
        """An officer of the lead department."""
        return self.person("natural_resources", "lead_officer")

    def register(self, code: str = CODE) -> UUID:
        """Register a project; the id of its engineering."""

        def work(session: Session) -> UUID:
            register_project(
                session,
                self.clerk,
                region_code=self.release.region.code,
                name="闾山中学新校区",
                code=code,
                credit_code=CREDIT_CODE,
                fixed_asset_investment=True,
                address="北镇市",
                scale="教学楼两栋",
                now=current_time(session),
            )
            found: UUID = session.execute(
                text("SELECT id FROM engineerings WHERE code = :code"), {"code": code}
            ).scalar_one()
            return found

        return self.run(work)

    def start(
        self,
        engineering_id: UUID | None = None,
        process_type: str = "1",
        stage: str = "2",
        actor: Actor | None = None,
    ) -> UUID:
        """Start a stage through its window; the stage case."""
        engineering = engineering_id or self.register()
        window = self.release.process_types[process_type].stages[stage].window
        clerk = actor or self.person(window, "window_clerk")
        return self.run(
            lambda session: (
                start_stage_case(
                    session,
                    clerk,
                    engineering_id=engineering,
                    stage=stage,
                    channel="window",
                    process_type=process_type,
                    now=current_time(session),
                ).id
            )
        )

    def tasks(self, stage_case: UUID, element: str | None = None) -> list[WorkItem]:
        """The open tasks of a stage case, oldest first."""
        statement = select(WorkItem).where(WorkItem.stage_case_id == stage_case, WorkItem.status == "open")
        if element is not None:
            statement = statement.where(WorkItem.element_id == element)
        with self.sessions() as session:
            return list(session.scalars(statement.order_by(WorkItem.opened_at, WorkItem.id)))

    def worker(self, task: WorkItem) -> Actor:
        """Somebody who holds the post of a task."""
        return self.person(task.organisation_id, task.role)

    def complete(self, task: WorkItem, values: dict[str, Any] | None = None, actor: Actor | None = None) -> None:
        """The holder of the post completes the task."""
        who = actor or self.worker(task)
        self.run(lambda session: complete_task(session, who, task.id, values or {}))

    def scalar(self, statement: str, **values: Any) -> Any:
        """One value of a query."""
        with self.sessions() as session:
            return session.execute(text(statement), values).scalar()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """The rows of a query."""
        with self.sessions() as session:
            return list(session.execute(text(statement), values))

    def until(self, statement: str, wanted: Any, worker: Popen[bytes]) -> None:
        """Wait for the ``worker`` to make a query give what is wanted; the limit is for a machine that is very busy."""
        came = wait_until(lambda: bool(self.scalar(statement) == wanted), worker, SECONDS_TO_WORK)
        assert came, f"never {wanted}: {statement}; the worker ended with {worker.poll()}"

    def values(self, task: WorkItem) -> dict[str, Any]:
        """What people usually fill in: everything required, everything in order."""
        if task.form in ("submit_materials", "item_correction"):
            return {"materials": self.hand_in(task)}
        if task.form == "formal_review":
            materials = [{"code": code, "result": "passed"} for code in self._materials(task, "submitted")]
            return {"decision": "passed", "materials": materials}
        return dict(USUAL[task.form or ""])

    def hand_in(self, task: WorkItem) -> list[dict[str, Any]]:
        """An upload for each material that is missing or was returned."""
        codes = self._materials(task, "missing", "returned")
        if not codes:
            return []
        upload = self.upload(self.worker(task))
        return [{"code": code, "status": "submitted", "reference": str(upload)} for code in codes]

    def _materials(self, task: WorkItem, *statuses: str) -> list[str]:
        rows = self.rows(
            "SELECT code FROM stage_materials WHERE stage_case_id = :case AND status = ANY(:statuses) ORDER BY code",
            case=task.stage_case_id,
            statuses=list(statuses),
        )
        return [row.code for row in rows]

    def upload(self, actor: Actor, name: str = "材料.pdf") -> UUID:
        """The rows of a file that somebody uploaded; its content is in no store."""
        content = Content(sha256(uuid4().bytes).hexdigest(), 1000)
        received = Received(name, content, "application/pdf", Scan(NOT_SCANNED, "测试"))
        return self.run(lambda session: upload_file(session, actor, received, now=current_time(session)).id)

    def drive(self, stage_case: UUID, until: str | None = None) -> None:
        """Complete what is open, as people usually do, until a task ``until`` is open or nothing more can be done."""
        for _ in range(200):
            tasks = self.tasks(stage_case)
            if not tasks or (until is not None and any(task.element_id == until for task in tasks)):
                return
            if not self._step(tasks):
                raise AssertionError(f"nothing can be completed: {[task.element_id for task in tasks]}")
        raise AssertionError("the stage does not end")

    def _step(self, tasks: list[WorkItem]) -> bool:
        for task in tasks:
            try:
                self.complete(task, self.values(task))
            except Conflict as refusal:
                if refusal.code not in ("predecessors_open", "main_line_open"):
                    raise
            else:
                return True
        return False


OPINION = {"conclusion": "required", "legality": "met", "compliance": "met", "feasibility": "met"}
APPROVAL = {
    "decision": "approve",
    "result_date": "2026-11-20",
    "result_number": "北自然资审〔2026〕1号",
    "result_title": "关于闾山中学新校区的批复",
}
USUAL: dict[str, dict[str, Any]] = {
    "planning_opinion": OPINION,
    "planning_report": {"delivery": "system"},
    "formal_intake": {},
    "confirmation": {"result": "confirmed"},
    "dispatch": {"joint_meeting": False},
    "item_review": {"decision": "accept"},
    "item_acceptance": {},
    "item_decision": APPROVAL,
    "stage_completion": {"information": "建设工程规划许可证已核发"},
}
