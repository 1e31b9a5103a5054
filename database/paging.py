"""How many rows of a list are asked for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam


def at_most(count: int) -> BindParameter[Any]:
    """A LIMIT that is written out in the statement, so that a prepared plan knows it.

    Of a parameter the planner supposes a tenth of all rows: it then reads and sorts them all instead of walking an
    index, or plans every execution anew.
    """
    return bindparam(None, count, Integer, literal_execute=True)
