"""Any process type: its stages one after the other, or one of them, every candidate item required and approved."""

from __future__ import annotations

from typing import Any

from demo.flow import Flow


class Stages(Flow):
    """A project through the stages of a process type."""

    def tell(self) -> None:
        """Play the stages; raises ``WentWrong`` or ``Refusal`` at the first thing that is not right."""
        self.teller.chapter(f"流程类型 {self.process_type['code']} {self.process_type['name']}")
        engineering = self.register("闾山片区建设项目", "按流程类型演示", self.supervisor)
        for stage in self.stages:
            self.teller.chapter(f"阶段 {stage['number']} {stage['name']}，{stage['limit']}")
            self.apply(engineering, stage)
            self.plan(stage)
            self.take_in()
            self.dispatch({item["code"] for item in stage["items"]})
            self.handle()

    def plan(self, stage: dict[str, Any]) -> None:
        asked = self.everybody("回复策划意见", "需要审批", conclusion="required")
        codes = {item["code"] for item in stage["items"]}
        self.teller.seen(self.supervisor, f"{len(codes)} 个候选事项都有了意见", asked == codes)
        self.report()

    def handle(self) -> None:
        """Every department works off what it may; an item whose predecessors are open is accepted later."""
        self.everybody("审核", "达到条件", decision="accept")
        while True:
            accepted = self.accept()
            if accepted:
                self.approve()
            if self.waiting("阶段性办结"):
                self.finish()
            if not accepted:
                break
        self.over()
