"""A small audited history, sealed, and the hand of somebody who may do anything to the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from accounts.models import Region
from accounts.regions import create_region
from audit.chain import entry_hash
from audit.findings import Finding
from audit.record import record
from audit.report import verify_database
from audit.seal import ROOT_FILE, run_sealer
from database.clock import current_time
from database.transaction import in_transaction
from tests.conftest import Database

CODES = ("110000", "120000", "130000")


@dataclass(frozen=True)
class History:
    """Three streams of five entries; the first four of each are sealed by two seals, the fifth is in the window."""

    database: Database
    sessions: sessionmaker[Session]
    data: Path

    @property
    def root_file(self) -> Path:
        return self.data / "seals" / ROOT_FILE

    def grow(self, times: int = 1) -> None:
        """Add entries to every stream."""

        def work(session: Session) -> None:
            for code in CODES:
                region = session.get_one(Region, code)
                now = current_time(session)
                for _ in range(times):
                    after = {"name": f"{region.name}改"}
                    record(session, region, actor=None, action="region.rename", recorded_at=now, after=after)

        in_transaction(self.sessions, work)

    def seal(self) -> int | None:
        """Run the sealer."""
        return run_sealer(self.sessions, self.data)

    def tamper(self, statement: str, **parameters: Any) -> None:
        """Do what only a superuser can."""
        with self.database.connect(self.database.superuser_url) as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement), parameters)

    def recompute(self, code: str, first: int = 1) -> None:
        """Compute every hash of a stream anew, and its row's, as somebody without the sealing key can."""
        with self.database.connect(self.database.superuser_url) as connection:
            select = text("SELECT * FROM audit_entries WHERE stream_id = :code ORDER BY sequence")
            previous = b""
            for row in connection.execute(select, {"code": code}).mappings().all():
                previous = entry_hash(previous, dict(row))
                update = text("UPDATE audit_entries SET hash = :hash WHERE id = :id")
                connection.execute(update, {"hash": previous, "id": row["id"]})
            owner = text("UPDATE regions SET audit_hash = :hash, audit_sequence = :last WHERE code = :code")
            connection.execute(owner, {"hash": previous, "last": row["sequence"], "code": code})

    def found(self) -> set[Finding]:
        """What verification finds."""
        return set(verify_database(self.database.url, self.data).findings)

    def codes(self) -> set[str]:
        """The codes of what verification finds."""
        return {finding.code for finding in self.found()}


@pytest.fixture
def history(database: Database, session_factory: sessionmaker[Session], data_folder: Path, tmp_path: Path) -> History:
    """See :class:`History`. The keys are those of the session's vault, the root file is the test's own."""
    (tmp_path / "keys").symlink_to(data_folder / "keys")
    made = History(database, session_factory, tmp_path)

    def create(session: Session) -> None:
        for code in CODES:
            now = current_time(session)
            create_region(session, None, code=code, name=f"地区{code}", parent_code=None, now=now)

    in_transaction(session_factory, create)
    made.grow()
    made.seal()
    made.grow(2)
    made.seal()
    made.grow()
    return made
