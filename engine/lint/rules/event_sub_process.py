"""An event sub-process is begun by its own start event; any other shape would start at once or never."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, Node, flag
from engine.lint.problem import Problem

TRIGGERS = frozenset({"message", "timer", "signal", "error", "escalation"})


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if scope.node is not None and scope.is_event_sub_process:
            for start in scope.starts():
                if start.trigger not in TRIGGERS:
                    mend = "给开始事件选消息、定时、信号、错误或升级"
                    yield Problem(start, "事件子流程的开始事件没有可用的触发条件", mend)
                if start.trigger == "error" and not flag(start.element, "isInterrupting", default=True):
                    yield Problem(start, "错误总是中断所在的流程", "把开始事件改为中断，或改用升级")
            yield from _wrong(scope.node)


def _wrong(node: Node) -> Iterator[Problem]:
    if node.kind != "subProcess":
        yield Problem(node, "事件子流程只能是普通子流程", "改为子流程")
    if node.loop is not None:
        yield Problem(node, "事件子流程不能多实例", "删除多实例标记；要重复的，放进里面的子流程")
    for boundary in node.boundaries():
        yield Problem(boundary, "事件子流程上不能有边界事件", "把边界事件放到里面的步骤上")
