"""Every resource of the API, in the order of the documentation page."""

from __future__ import annotations

from api.appointments.routes import resource as appointments
from api.health.routes import resource as health
from api.organisations.routes import resource as organisations
from api.regions.routes import resource as regions
from api.releases.routes import resource as releases
from api.sessions.routes import resource as sessions
from api.setup.routes import resource as setup
from api.tokens.routes import resource as tokens
from api.users.routes import resource as users

RESOURCES = (
    sessions,
    releases,
    regions,
    organisations,
    users,
    appointments,
    tokens,
    setup,
    health,
)
