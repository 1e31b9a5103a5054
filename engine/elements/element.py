"""What every element of a diagram has in common here: SpiffWorkflow's protocol without its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from engine.errors import DataInvalid
from engine.happenings import LimitCleared, LimitSet
from engine.limits import LimitInvalid, parse_limit

if TYPE_CHECKING:
    from engine.declarations import Value
    from engine.stepping import Instance
    from engine.token import Token

LIMIT, NOTICE = "limit", "notice"


class Element(BpmnSpecMixin):
    """A node of the diagram; the methods of SpiffWorkflow's task specifications, as no-ops to be overridden.

    ``urgent``: its ready token overtakes all others. ``chooses``: it creates its successors itself. ``joins``: its
    waiting token waits for other tokens of the scope, not for the world. ``inner``: it is what a loop repeats, so that
    its end ends no path. ``watches``: its token, though finished, decides about the tokens directly behind it.
    """

    urgent = False
    chooses = False
    joins = False
    inner = False
    watches = False

    @property
    def label(self) -> str:
        """What people call the element."""
        return str(self.bpmn_name or self.bpmn_id)

    def child_completed(self, token: Token, child: Token) -> None:
        """A token directly behind (or, of a loop, inside) this element has left its own."""

    def boundaries(self, token: Token) -> list[Token]:
        """The waiting boundary events of the activity directly behind (or, of a loop, inside) this element."""
        return []

    def live_children(self, token: Token) -> dict[str, UUID]:
        """The ids, by key, of the child instances that run for the token."""
        return {}

    def test(self) -> None:
        """Definitions are checked at deploy, not at every step."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        pass

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        pass

    def _on_cancel(self, my_task: Token) -> None:
        pass

    def _on_error_hook(self, my_task: Token) -> None:
        pass


def text_of(value: Value | None, data: Mapping[str, Any], what: str) -> str:
    """An evaluated attribute that must be a text; raises ``DataInvalid`` naming the attribute."""
    if value is None:
        return ""
    text = value.of(data)
    if not isinstance(text, str):
        raise DataInvalid(what, f"“{value.text}”的结果应是文本，现在是 {text!r}")
    return text


def set_limit(token: Token, value: Value | None, kind: str, **more: Any) -> None:
    """Begin a declared limit; an expression that gives nothing (None or an empty text) sets none."""
    if value is None:
        return
    text = value.of(token.data)
    if text is None or text == "":
        return
    try:
        parse_limit(text)
    except (LimitInvalid, TypeError) as error:
        raise DataInvalid("limit", f"“{value.text}”的结果 {text!r} 不是期限：{error}") from None
    token.internal_data[NOTICE if kind == NOTICE else LIMIT] = text
    instance: Instance = token.workflow.instance
    instance.happened(
        LimitSet(
            instance_id=instance.id,
            task_id=instance.task_id(token),
            element_id=token.task_spec.bpmn_id,
            kind=kind,
            limit=text,
            **more,
        )
    )


def clear_limit(token: Token) -> None:
    """End the limits of a token, if it has any."""
    if [name for name in (LIMIT, NOTICE) if token.internal_data.pop(name, None) is not None]:
        instance: Instance = token.workflow.instance
        instance.happened(LimitCleared(instance.id, instance.task_id(token)))
