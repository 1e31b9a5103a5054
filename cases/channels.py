"""The further channels of a notice, beside the inbox: each has its own messages in the outbox, retried on their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

CHANNELS = "channels"


class Undelivered(Exception):
    """The channel did not take the notice; the text says why, in Chinese."""


class Channel(Protocol):
    """Carries notices out of the platform."""

    def wants(self, session: Session, notice_id: UUID) -> bool:
        """Whether this notice goes out here too."""

    def deliver(self, session: Session, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """Hand over the notice that the payload names; raises ``Undelivered`` unless the other side took it.

        The same message may come twice, with the same ``message_id``: the other side can tell.
        """


def channels_of(session: Session) -> Mapping[str, Channel]:
    """The channels that are set up, by the topic of their messages; they travel with the session."""
    channels: Mapping[str, Channel] = session.info.get(CHANNELS, {})
    return channels
