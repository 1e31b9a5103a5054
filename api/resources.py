"""Every resource of the API, in the order of the documentation page."""

from __future__ import annotations

from api.appointments.routes import resource as appointments
from api.calendar.routes import resource as calendar
from api.copies.routes import resource as copies
from api.documents.routes import resource as documents
from api.engineerings.routes import resource as engineerings
from api.files.routes import resource as files
from api.health.routes import resource as health
from api.history.routes import resource as history
from api.incidents.routes import resource as incidents
from api.item_cases.routes import resource as item_cases
from api.lights.routes import resource as lights
from api.limits.routes import resource as limits
from api.metrics.routes import resource as metrics
from api.notices.routes import resource as notices
from api.organisations.routes import resource as organisations
from api.projects.routes import resource as projects
from api.promises.routes import resource as promises
from api.red_matters.routes import resource as red_matters
from api.regions.routes import resource as regions
from api.releases.routes import resource as releases
from api.reminders.routes import resource as reminders
from api.sessions.routes import resource as sessions
from api.setup.routes import resource as setup
from api.stage_cases.routes import resource as stage_cases
from api.standing.routes import resource as standing
from api.tasks.routes import resource as tasks
from api.tokens.routes import resource as tokens
from api.users.routes import resource as users

RESOURCES = (
    sessions,
    projects,
    engineerings,
    stage_cases,
    standing,
    history,
    item_cases,
    tasks,
    copies,
    files,
    documents,
    limits,
    lights,
    promises,
    notices,
    reminders,
    red_matters,
    incidents,
    releases,
    calendar,
    regions,
    organisations,
    users,
    appointments,
    tokens,
    setup,
    health,
    metrics,
)
