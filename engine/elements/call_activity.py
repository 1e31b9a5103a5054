"""A call activity: its children are instances of their own, and it waits until all of them have ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from engine.declarations import CallDeclaration, mapped
from engine.elements.element import Element, clear_limit, set_limit
from engine.elements.loops import Repetitions
from engine.errors import DataInvalid
from engine.happenings import CascadeTriggered, SubtreeCancelled
from engine.token import STARTED

if TYPE_CHECKING:
    from engine.token import Token

CHILDREN = "children"
"""Key of a child, in input order -> NOT_STARTED, LIVE, GONE (ended without result) or its outputs."""
NOT_STARTED, LIVE, GONE = "waiting", "live", "gone"


class CallActivity(Element):
    """Starts one child, or one for each element of a collection, at once or one after the other.

    The children's keys and how they stand are part of the token's state; nothing needs to be looked up.
    """

    declared: CallDeclaration
    repetitions: Repetitions | None = None
    sequential = False

    def __init__(self, wf_spec: Any, bpmn_id: str, called: str, **attributes: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self.called = called

    def _run_hook(self, my_task: Token) -> bool | None:
        set_limit(my_task, self.declared.limit, "call")
        keys = self._keys(my_task)
        my_task.internal_data[CHILDREN] = dict.fromkeys(keys, NOT_STARTED)
        if not keys:
            self._give_results(my_task)
            return True
        my_task._set_state(STARTED)
        for key in keys[:1] if self.sequential else keys:
            self._start(my_task, key)
        return None

    def live_children(self, token: Token) -> dict[str, UUID]:
        task_id = token.workflow.instance.task_id(token)
        children = token.internal_data.get(CHILDREN, {})
        return {key: uuid5(task_id, key) for key, state in children.items() if state == LIVE}

    def seen_by(self, token: Token, key: str) -> Mapping[str, Any]:
        """The data over which the inputs of the child ``key`` are evaluated: the token's and the child's item."""
        if self.repetitions is None:
            return token.data
        index = list(token.internal_data[CHILDREN]).index(key)
        return {**token.data, **self.repetitions.item(token.data, index)}

    def outputs_of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The declared outputs of a child that ended with ``data``."""
        return mapped(self.declared.outputs, data, data)

    def record(self, token: Token, key: str, outputs: Mapping[str, Any] | None) -> None:
        """Note that a child has ended; None: without result."""
        token.internal_data[CHILDREN][key] = GONE if outputs is None else dict(outputs)

    def results(self, token: Token) -> dict[str, Any]:
        """What the call gives to the data as far as its children have ended."""
        ended = {key: state for key, state in token.internal_data[CHILDREN].items() if isinstance(state, dict)}
        given: dict[str, Any] = {}
        if self.repetitions is None:
            for outputs in ended.values():
                given.update(outputs)
        if self.declared.results:
            given[self.declared.results] = ended
        return given

    def child_ended(self, token: Token, key: str) -> None:
        """Go on after a child has ended and was recorded: start the next one, or end the activity."""
        children = token.internal_data[CHILDREN]
        waiting = [other for other, state in children.items() if state == NOT_STARTED]
        outputs = children[key] if isinstance(children[key], dict) else {}
        enough = self.repetitions is not None and self.repetitions.are_enough(
            {**token.data, **self.results(token), **outputs}
        )
        if enough or not (waiting or LIVE in children.values()):
            self._cancel_children(token, "complete")
            self._give_results(token)
            token.complete()
        elif self.sequential and waiting:
            self._start(token, waiting[0])

    def cascade(self, token: Token, child_id: UUID, on: str) -> None:
        """Say which live children each cascade that is declared for ``on`` reaches."""
        instance = token.workflow.instance
        for declared in self.declared.cascades:
            if declared.on != on:
                continue
            if declared.targets is None:
                calls = [other for scope in instance.scopes() for other in scope.held()]
                found = [child for call in calls for child in call.task_spec.live_children(call).values()]
            else:
                found = [
                    child
                    for key, child in self.live_children(token).items()
                    if declared.targets.evaluate({**self.seen_by(token, key), "key": key})
                ]
            targets = tuple(child for child in found if child != child_id)
            instance.happened(CascadeTriggered(instance.id, self.bpmn_id, child_id, on, targets, declared.effect))

    def _keys(self, token: Token) -> list[str]:
        if self.repetitions is None:
            return [self._key(token.data, "")]
        count = self.repetitions.count(token.data)
        keys = [
            self._key({**token.data, **self.repetitions.item(token.data, index)}, str(index)) for index in range(count)
        ]
        if len(set(keys)) != count:
            repeated = sorted({key for key in keys if keys.count(key) > 1})
            raise DataInvalid("key", f"几个子流程的键相同：{'、'.join(repeated)}")
        return keys

    def _key(self, data: Mapping[str, Any], otherwise: str) -> str:
        if self.declared.key is None:
            return otherwise
        key = self.declared.key.of(data)
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise DataInvalid("key", f"“{self.declared.key.text}”的结果应是文本或整数，现在是 {key!r}")
        return str(key)

    def _start(self, token: Token, key: str) -> None:
        seen = self.seen_by(token, key)
        inputs = mapped(self.declared.inputs, seen, seen)
        token.internal_data[CHILDREN][key] = LIVE
        instance = token.workflow.instance
        instance.execution.start_child(instance, token, key, inputs)

    def _give_results(self, token: Token) -> None:
        token.write(self.results(token))

    def _cancel_children(self, token: Token, reason: str) -> None:
        instance = token.workflow.instance
        for key, child_id in self.live_children(token).items():
            instance.execution.cancel_child(child_id)
            token.internal_data[CHILDREN][key] = GONE
            instance.happened(SubtreeCancelled(child_id, reason))

    def _on_complete_hook(self, my_task: Token) -> None:
        clear_limit(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self._cancel_children(my_task, "cancelled")
        clear_limit(my_task)
