"""The law forbids some consequences of silence, and without a limit there is no timeout at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem

BY_ITSELF = frozenset({"pass", "refuse", "return"})
APPLICANT_ONLY = frozenset({"refuse", "return"})
APPLICANT = "applicant"


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        policy, task = node.declared("task", "timeout"), node.extension("task")
        values = task is not None and task.find("{*}lapse") is not None
        if policy and not node.declared("task", "limit"):
            yield Problem(node, "有超时处理却没有期限，永远不会超时", "填写期限（limit），或删除超时处理（timeout）")
        if policy in BY_ITSELF and node.declared("task", "decides") == "true":
            yield Problem(node, "许可决定不能因超时自动作出", "超时处理改为 remind（催办）或 escalate（上报）")
        elif policy in APPLICANT_ONLY and node.declared("task", "role") != APPLICANT:
            message = "超时自动退回或不予办理只能用于申报单位自己的任务"
            yield Problem(node, message, "超时处理改为 remind（催办）或 escalate（上报）")
        elif policy in BY_ITSELF and not values:
            message = f"超时处理 {policy} 没有写明按什么结果办理"
            yield Problem(node, message, "用 bl:lapse 写明表单各项的值（name、value）")
        elif policy not in BY_ITSELF and values:
            yield Problem(node, "写了 bl:lapse，超时后却不会自动办理", "删除 bl:lapse，或改正 timeout")
