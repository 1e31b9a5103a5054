"""Every chosen scenario is a test."""

from pytest_bdd import scenarios

from features.selection import current

SENTENCES = (  # a module after those whose words it uses
    *("registration", "stages", "planning", "intake", "dispatch"),
    *("handling", "suspension", "limits", "completion", "authority", "windows"),
    *("supervision", "pledges", "lights", "notifications"),
)

pytest_plugins = ["features.steps.world", "features.running", *(f"features.steps.{name}" for name in SENTENCES)]

scenarios(*current().paths)
