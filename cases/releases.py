"""The releases that the use cases work with: they travel with the session, as the audit vault does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from accounts.roles import ROLES
from cases.guards import GUARDS
from cases.operations import OPERATIONS
from processes.install import Releases
from processes.loader import Vocabulary
from processes.release import Release

RELEASES = "releases"


def vocabulary() -> Vocabulary:
    """The names that the approval domain offers to the diagrams of every pack."""
    return Vocabulary(operations=frozenset(OPERATIONS), guards=frozenset(GUARDS), roles=frozenset(ROLES))


def releases_of(session: Session) -> Releases:
    """The loaded releases that the session factory was given as ``info={RELEASES: releases}``."""
    releases = session.info[RELEASES]
    assert isinstance(releases, Releases)
    return releases


def release_of(session: Session, release_id: str) -> Release:
    """The release that something is pinned to."""
    return releases_of(session).get(session, release_id)
