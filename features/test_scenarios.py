"""Every scenario of every region and of the platform is a test."""

from pytest_bdd import scenarios

pytest_plugins = ["features.steps.world", "features.steps.registration"]

scenarios("platform", "beizhen")
