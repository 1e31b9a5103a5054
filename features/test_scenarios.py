"""Every chosen scenario is a test."""

from pytest_bdd import scenarios

from features.selection import current

pytest_plugins = ["features.running", "features.steps.world", "features.steps.registration"]

scenarios(*current().paths)
