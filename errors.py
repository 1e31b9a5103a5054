"""The refusals of the platform: what was wrong, where, and how to mend it, in Chinese for people."""

from __future__ import annotations


class Refused(Exception):
    """A request that the platform understood and refused; nothing was changed.

    Parameters: ``code`` is a stable machine word (``task_already_done``), ``message`` the Chinese sentence for
    people, ``field`` the path of the offending field, ``clause`` the id of the regulation's clause that refuses.
    """

    status = 400

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        clause: str | None = None,
        details: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.clause = clause
        self.details = details or {}


class NotSignedIn(Refused):
    """Nobody is signed in, or the session has ended."""

    status = 401


class NotAllowed(Refused):
    """The person may not do this, here."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is outside the person's data scope."""

    status = 404


class Conflict(Refused):
    """Somebody else was first, or the thing is no longer in the state that the request supposes."""

    status = 409


class Invalid(Refused):
    """The content of the request breaks a rule."""

    status = 422


class Busy(Refused):
    """The platform could not finish now; the same request may be sent again."""

    status = 503
