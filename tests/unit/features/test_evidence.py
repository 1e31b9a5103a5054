"""The gate's rules on what a scenario shows."""

from __future__ import annotations

from features.evidence import ScenarioResult, judge, misplaced
from regulations import load_clauses

FORBIDDING = load_clauses()["beizhen-10"]
PLAIN = load_clauses()["xiamen-8a"]


def scenario(*tags: str, folder: str = "platform", result: str = "passed") -> ScenarioResult:
    """A scenario of a run."""
    return ScenarioResult("名称", f"features/{folder}/a.feature", 3, folder, frozenset(tags), result)


def test_a_clause_without_a_scenario_is_not_shown() -> None:
    assert judge(PLAIN, [scenario("beizhen-10")])["shown"] is False


def test_a_clause_is_shown_when_all_its_scenarios_pass() -> None:
    assert judge(PLAIN, [scenario("xiamen-8a"), scenario("xiamen-8a")])["shown"] is True


def test_one_failed_scenario_is_enough_to_show_nothing() -> None:
    assert judge(PLAIN, [scenario("xiamen-8a"), scenario("xiamen-8a", result="failed")])["shown"] is False


def test_a_forbidding_clause_needs_a_scenario_that_tried() -> None:
    assert judge(FORBIDDING, [scenario("beizhen-10")])["shown"] is False
    assert judge(FORBIDDING, [scenario("beizhen-10"), scenario("beizhen-10", "反例")])["shown"] is True


def test_a_scenario_of_another_region_shows_nothing_and_is_named() -> None:
    elsewhere = scenario("xiamen-8a", folder="beizhen")
    assert judge(PLAIN, [elsewhere])["shown"] is False
    assert "xiamen-8a" in misplaced([elsewhere])[0]


def test_a_scenario_names_at_most_two_known_clauses() -> None:
    assert "至多 2 个" in misplaced([scenario("beizhen-10", "beizhen-10b", "xiamen-8a")])[0]
    assert "beizhen-99" in misplaced([scenario("beizhen-99")])[0]
    assert misplaced([scenario("beizhen-10", "反例")]) == []
