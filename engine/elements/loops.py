"""Repeated activities: parallel and sequential multi-instance, and the standard loop.

Call activities repeat by themselves (``call_activity``); this is for user tasks, sub-processes and the like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.elements.element import Element
from engine.elements.scope_data import keep_written
from engine.errors import DataInvalid
from engine.expressions import Expression, compile_expression
from engine.token import STARTED

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference

    from engine.token import Token

INDEX = "index"
OUTPUTS = "outputs"
WRITTEN = "written"
NEXT = "next"


MOST_REPETITIONS = 2_000
"""Of one activity: a project has some dozens of items; more is a mistake in the data."""


class Loop(Element):
    """An activity that runs several times; ``task_spec`` is the name of what is repeated."""

    task_spec: str

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task._set_state(STARTED)
        my_task.internal_data.update({WRITTEN: ({}, {}), NEXT: 0})
        return self.begin(my_task)

    def begin(self, token: Token) -> bool:
        """Start the first repetitions; True when there is none."""
        raise NotImplementedError

    def child_completed(self, token: Token, child: Token) -> None:
        """Tell repetitions from what follows the whole activity."""
        if child.task_spec.inner:
            self.repetition_completed(token, child)

    def repetition_completed(self, token: Token, child: Token) -> None:
        """Keep the result; end the activity, or start the next repetition."""
        raise NotImplementedError

    def boundaries(self, token: Token) -> list[Token]:
        """Those of the whole activity: a single repetition wears none."""
        wearing: list[Token] = token.before.task_spec.boundaries(token.before)
        return wearing

    def start(self, token: Token, index: int, item: Mapping[str, Any]) -> None:
        """Start repetition ``index``, which sees ``item`` and what earlier ones wrote besides the data."""
        child = token._add_child(token.workflow.spec.task_specs[self.task_spec])
        child.internal_data[INDEX] = index
        values, moments = token.internal_data[WRITTEN]
        child.data, child.moments = {**values, **item}, dict(moments)
        child.enter()

    def keep_written(self, token: Token, child: Token) -> None:
        """Keep what a repetition wrote; it becomes data of the activity when that ends."""
        keep_written(token.internal_data[WRITTEN], (child.data, child.moments), token.moments)

    def finish(self, token: Token) -> None:
        """End the activity: repetitions that still run are taken away."""
        for child in token.children:
            child.cancel()
        values, moments = token.internal_data[WRITTEN]
        token.data, token.moments = {**token.data, **values}, {**token.moments, **moments}
        token.complete()


class MultiInstance(Loop):
    """One repetition for each element of a collection, or as many as a number says."""

    sequential = False

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        task_spec: str,
        cardinality: str | None = None,
        data_input: TaskDataReference | None = None,
        data_output: TaskDataReference | None = None,
        input_item: TaskDataReference | None = None,
        output_item: TaskDataReference | None = None,
        condition: str | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self.task_spec = task_spec
        self.repetitions = Repetitions(cardinality, _name(data_input), _name(input_item), condition)
        self.output = _name(data_output)
        self.output_item = _name(output_item)

    def begin(self, token: Token) -> bool:
        count = self.repetitions.count(token.data)
        for index in range(min(count, 1) if self.sequential else count):
            self._start_next(token, index)
        if count == 0:
            self._collect(token)
        return count == 0

    def _start_next(self, token: Token, index: int) -> None:
        token.internal_data[NEXT] = index + 1
        self.start(token, index, self.repetitions.item(token.data, index))

    def repetition_completed(self, token: Token, child: Token) -> None:
        if self.output is not None and self.output_item is not None:
            if self.output_item not in child.data:
                raise DataInvalid(self.output_item, "一次重复结束时没有给出这个输出")
            outputs = token.internal_data.setdefault(OUTPUTS, {})
            outputs[str(child.internal_data[INDEX])] = child.data[self.output_item]
        else:
            self.keep_written(token, child)
        started, count = token.internal_data[NEXT], self.repetitions.count(token.data)
        running = any(not other.is_finished for other in token.children)
        if self.repetitions.are_enough(child.data) or (started == count and not running):
            self._collect(token)
            self.finish(token)
        elif self.sequential:
            self._start_next(token, started)

    def _collect(self, token: Token) -> None:
        if self.output is not None and self.output_item is not None:
            outputs = token.internal_data.get(OUTPUTS, {})
            ordered = {index: outputs[index] for index in sorted(outputs, key=int)}
            token.write({self.output: self.repetitions.collected(token.data, ordered)})


class SequentialMultiInstance(MultiInstance):
    """One repetition after the other."""

    sequential = True


class Repetitions:
    """How often a multi-instance activity runs and what each repetition sees."""

    def __init__(
        self,
        cardinality: str | None,
        collection: str | None,
        variable: str | None,
        condition: str | None,
    ) -> None:
        self.cardinality = _expression(cardinality)
        self.collection = collection
        self.variable = variable
        self.condition = _expression(condition)

    def count(self, data: Mapping[str, Any]) -> int:
        """How many repetitions there are; raises ``DataInvalid``."""
        count: Any = len(self._values(data)) if self.cardinality is None else self.cardinality.evaluate(data)
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST_REPETITIONS:
            what = self.collection if self.cardinality is None else self.cardinality.text
            raise DataInvalid(str(what), f"重复次数应是 0 到 {MOST_REPETITIONS} 的整数，现在是 {str(count)[:40]}")
        return count

    def item(self, data: Mapping[str, Any], index: int) -> dict[str, Any]:
        """What repetition ``index`` sees besides the data."""
        if self.variable is None:
            return {}
        return {self.variable: index if self.collection is None else self._values(data)[index]}

    def are_enough(self, data: Mapping[str, Any]) -> bool:
        """Whether the completion condition holds over the data of the repetition that has just ended."""
        return self.condition is not None and bool(self.condition.evaluate(data))

    def collected(self, data: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
        """The outputs in input order: an object by the collection's keys, or a list."""
        collection = None if self.collection is None else data.get(self.collection)
        if isinstance(collection, dict):
            keys = list(collection)
            return {keys[int(index)]: value for index, value in outputs.items()}
        return list(outputs.values())

    def _values(self, data: Mapping[str, Any]) -> list[Any]:
        assert self.collection is not None, "the parser demands a collection or a number"
        values = data.get(self.collection)
        if isinstance(values, dict):
            return list(values.values())
        if isinstance(values, list):
            return values
        raise DataInvalid(self.collection, f"多实例的集合应是列表或对象，现在是 {values!r}"[:200])


class StandardLoop(Loop):
    """Repeats while its condition holds, at most ``maximum`` times."""

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        task_spec: str,
        maximum: int | None,
        condition: str | None,
        test_before: bool,
        **attributes: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self.task_spec = task_spec
        self.maximum = maximum
        self.condition: Expression | None = _expression(condition)
        self.test_before = test_before

    def begin(self, token: Token) -> bool:
        if self.test_before and self._is_over(token, 0):
            return True
        self._repeat(token)
        return False

    def _repeat(self, token: Token) -> None:
        token.internal_data[NEXT] += 1
        self.start(token, token.internal_data[NEXT] - 1, {})

    def repetition_completed(self, token: Token, child: Token) -> None:
        self.keep_written(token, child)
        if self._is_over(token, token.internal_data[NEXT]):
            self.finish(token)
        else:
            self._repeat(token)

    def _is_over(self, token: Token, rounds: int) -> bool:
        if self.maximum is not None and rounds >= self.maximum:
            return True
        data = {**token.data, **token.internal_data[WRITTEN][0]}
        return self.condition is not None and not self.condition.evaluate(data)


def _name(reference: TaskDataReference | None) -> str | None:
    return None if reference is None else reference.bpmn_id


def _expression(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text.strip().removeprefix("="))
