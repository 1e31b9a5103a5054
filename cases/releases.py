"""The releases that the use cases work with: they travel with the session, as the audit vault does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy.orm import Session

from accounts.roles import ROLES
from cases.facts import FACTS
from cases.guards import GUARDS
from cases.operations import OPERATIONS
from errors import Refused
from processes.install import Releases, in_force
from processes.loader import Vocabulary
from processes.release import Release

RELEASES = "releases"


def vocabulary() -> Vocabulary:
    """The names that the approval domain offers to every pack."""
    return Vocabulary(
        operations=frozenset(OPERATIONS),
        guards=frozenset(GUARDS),
        roles=frozenset(ROLES),
        facts=frozenset(FACTS),
        decisions=frozenset(name for name, operation in OPERATIONS.items() if operation.decides),
    )


def releases_of(session: Session) -> Releases:
    """The loaded releases that the session factory was given as ``info={RELEASES: releases}``."""
    releases = session.info[RELEASES]
    assert isinstance(releases, Releases)
    return releases


def release_of(session: Session, release_id: str) -> Release:
    """The release that something is pinned to."""
    return releases_of(session).get(session, release_id)


@contextmanager
def citing(session: Session, release_id: str) -> Iterator[None]:
    """Name the clause behind what is refused inside, where the pack of the release says one."""
    try:
        yield
    except Refused as refusal:
        cite(session, release_id, refusal)
        raise


def cite(session: Session, release_id: str, refusal: Refused) -> None:
    """As ``citing``, of a refusal that was raised."""
    refusal.clause = refusal.clause or release_of(session, release_id).refusals.get(refusal.code)


@contextmanager
def citing_region(session: Session, region_code: str) -> Iterator[None]:
    """As ``citing``, by the release in force in a region; a region without one has no clause to name."""
    release_id = in_force(session, region_code)
    with citing(session, release_id) if release_id else nullcontext():
        yield
