"""The catalogue of clauses is whole and quotes what the regulations say."""

from collections import Counter

import pytest

from regulations import Clause, load_clauses


def test_there_are_185_clauses_of_which_168_need_a_scenario() -> None:
    clauses = load_clauses().values()
    assert len(clauses) == 185
    assert sum(clause.needs_scenario for clause in clauses) == 168
    assert Counter(clause.kind for clause in clauses) == {"software": 147, "support": 21, "context": 17}


@pytest.mark.parametrize("clause", load_clauses().values(), ids=lambda clause: str(clause.id))
def test_a_clause_quotes_its_own_article(clause: Clause) -> None:
    assert clause.must
    assert clause.quote
    assert clause.quote in clause.article
