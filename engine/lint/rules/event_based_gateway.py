"""An event-based gateway waits for the first of several events, so events must follow it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, Node, flag
from engine.lint.problem import Problem

ALL = "删除 instantiate 和 Parallel；等待全部的用并行网关"
TRIGGERS = frozenset({"message", "timer", "signal"})


def check(model: Model) -> Iterator[Problem]:
    for gateway in model.nodes("eventBasedGateway"):
        if len(gateway.outgoing) < 2:
            yield Problem(gateway, "事件网关至少要有两条出线", "画出要等待的各个事件，只等一个的去掉网关")
        if flag(gateway.element, "instantiate") or gateway.element.get("eventGatewayType") == "Parallel":
            yield Problem(
                gateway,
                "事件网关不能启动流程，也不能等待全部事件",
                ALL,
            )
        for flow in gateway.outgoing:
            if flow.target is not None and not _waits(flow.target):
                mend = "直接连消息、定时或信号的中间捕获事件或接收任务，且它只有这一条入线"
                yield Problem(flow.target, "事件网关后面不是可以等待的事件", mend)


def _waits(node: Node) -> bool:
    waits = node.kind == "receiveTask" or (node.kind == "intermediateCatchEvent" and node.trigger in TRIGGERS)
    return waits and len(node.incoming) == 1
