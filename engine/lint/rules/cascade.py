"""A cascade acts on the children of one call, chosen by an expression or all of them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("callActivity"):
        call = node.extension("call")
        seen = set()
        for cascade in () if call is None else call.iterchildren("{*}cascade"):
            targets = cascade.get("targets", "")
            if targets and targets != "all" and not targets.startswith("="):
                yield Problem(cascade, f"联动对象“{targets[:40]}”不对", "写 all（全部），或以 = 开头的表达式")
            what = cascade.get("on"), targets
            if what in seen:
                yield Problem(cascade, "同一变化对同一对象有两条联动", "只留一条")
            seen.add(what)
