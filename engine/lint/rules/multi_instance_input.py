"""A repeated activity needs to know over what it repeats and how each one is called."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, bpmn, text_of
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for loop in model.elements("multiInstanceLoopCharacteristics"):
        collection, item = loop.find(bpmn("loopDataInputRef")), loop.find(bpmn("inputDataItem"))
        cardinality = loop.find(bpmn("loopCardinality"))
        if (collection is None) == (cardinality is None):
            yield Problem(loop, "多实例应指明集合或次数，二者取一", "填写 loopDataInputRef 或 loopCardinality")
        elif collection is not None and (not text_of(collection) or item is None):
            mend = "填写集合的变量名，并在 inputDataItem 的 name 中写每一项的变量名"
            yield Problem(loop, "多实例没有给集合或其中每一项起变量名", mend)
