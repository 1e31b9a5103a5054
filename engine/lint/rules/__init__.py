"""The rules, one a file: ``check(model)`` yields problems; the name of the file is the name of the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from engine.lint.model import Model
from engine.lint.problem import Problem

Check = Callable[[Model], Iterator[Problem]]

RULES: Mapping[str, Check] = {
    module.name.replace("_", "-"): import_module(f"{__name__}.{module.name}").check for module in iter_modules(__path__)
}
"""Name of the rule, such as ``automatic-loop``, to its check."""
