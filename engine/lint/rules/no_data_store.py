"""A data store would have to be a table of the platform."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("dataStore", "dataStoreReference"):
        yield Problem(element, "数据存储不会读写", "由服务任务的操作读写数据；只作说明的改为文字注释")
