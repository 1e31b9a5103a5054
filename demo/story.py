"""The story: one project of process type 1 through its whole 工程建设许可 stage, by eight people over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from demo.play import APPROVED, Play
from demo.telling import Teller
from features.steps import desk
from features.steps.cast import Cast
from features.steps.desk import Task

PROCESS_TYPE, STAGE = "1", "2"
REQUIRED = {"061", "062", "015", "049", "063"}
MAIN = {"062", "015", "049"}
NOT_REQUIRED = {"planner": set[str](), "approver": {"005"}, "sports": {"010"}}
TRANSFERRED = "050"
CORRECTING = 6


class Story(Play):
    """One stage with everything that may happen on the way."""

    def __init__(self, cast: Cast, teller: Teller) -> None:
        super().__init__(cast, teller)
        self.window, self.lead = cast.user("window"), cast.user("lead")

    def tell(self) -> None:
        """Play every chapter; raises ``WentWrong`` or ``Refusal`` at the first thing that is not right."""
        chapters: list[tuple[str, Callable[[], None]]] = [
            ("登记与申请", self.begin),
            ("策划", self.plan),
            ("收件", self.take_in),
            ("最后确认与统一转办", self.dispatch),
            ("并联审批", self.handle),
            ("阶段性办结", self.finish),
        ]
        for title, play in chapters:
            self.teller.chapter(title)
            play()

    def begin(self) -> None:
        engineering = self.register("闾山实验小学教学楼", "新建教学楼一栋，建筑面积 8600 平方米", self.lead)
        self.start(engineering, PROCESS_TYPE, STAGE, "工程建设许可")
        self.teller.seen(self.lead, "待办里有“接收申请”", self.names(self.lead) == ["接收申请"])
        self.do("lead", "接收申请", "接收申请，选择流程图“政府投资房屋建筑（划拨）”", process_type=PROCESS_TYPE)
        open_tasks = self.look()["progress"]["open_tasks"]
        self.teller.seen(self.supervisor, "八个候选事项同时发到各自的部门", open_tasks == 8)

    def plan(self) -> None:
        for who, not_required in NOT_REQUIRED.items():
            for task in self.tasks(who, "回复策划意见"):
                item = task["item_code"]
                if item == TRANSFERRED:
                    self.transfer(who, task)
                    continue
                conclusion = "not_required" if item in not_required else "required"
                label = "无需审批" if conclusion == "not_required" else "需要审批"
                self.do(who, "回复策划意见", f"回复“{task['item_name']}”：{label}", task, conclusion=conclusion)
                self.teller.seen(self.supervisor, f"意见是{label}", self.opinion(item) == conclusion)
        self.do("housing", "二次策划", "就转来的这一个事项二次策划：无需审批", conclusion="not_required")
        self.teller.seen(self.lead, "全部结论已定，可以出具策划报告", self.names(self.lead) == ["出具策划报告"])
        self.do("lead", "出具策划报告", "出具策划报告，通过系统一次性告知", delivery="system")
        reports = self.look(self.applicant)["reports"]
        required = {item["code"] for item in reports[0]["content"]["items"] if item["conclusion"] == "required"}
        whole = len(reports) == 1 and len(reports[0]["content"]["items"]) == 8
        self.teller.seen(self.applicant, "一份策划报告，八个事项中五个需要审批", whole and required == REQUIRED)

    def transfer(self, who: str, task: Task) -> None:
        housing = self.cast.user("housing").organisation
        what = f"“{task['item_name']}”不属本部门，转住房和城乡建设局"
        self.do(who, "回复策划意见", what, task, conclusion="transferred", transferred_to=housing)
        asked = [found["item_code"] for found in self.tasks("housing", "二次策划")]
        self.teller.seen(self.cast.user("housing"), "只收到这一个事项的二次策划", asked == [TRANSFERRED])

    def take_in(self) -> None:
        materials = self.look(self.applicant)["materials"]
        rows = desk.hand_in(self.applicant, materials)
        self.do("applicant", "网上提交材料", f"按策划报告上传 {len(rows)} 份材料，每份只传一次", materials=rows)
        statuses = {material["status"] for material in self.look(self.window)["materials"]}
        self.teller.seen(self.window, "全部材料已提交或注明不适用", statuses <= {"submitted", "not_applicable"})
        wanted = [material for material in materials if material["necessity"] == "required"]
        returned = {"code": wanted[0]["code"], "result": "returned", "reason": "缺少签章，请补盖后重新上传"}
        passed = [{"code": material["code"], "result": "passed"} for material in wanted[1:]]
        what = f"形式审查：“{wanted[0]['name']}”退回更正"
        self.do("window", "形式审查", what, decision="returned", materials=[returned, *passed])
        seen = {material["code"]: material for material in self.look(self.applicant)["materials"]}[returned["code"]]
        self.teller.seen(self.applicant, f"退回的理由：{seen['reason']}", seen["status"] == "returned")
        self.do("applicant", "网上提交材料", "更正后重新上传", materials=desk.hand_in(self.applicant, wanted[:1]))
        self.do("window", "形式审查", "形式审查通过", decision="passed", materials=[{**returned, "result": "passed"}])
        self.do("window", "正式收件", "正式收件")
        receipt = self.look(self.applicant)["receipt"]
        self.teller.seen(self.applicant, f"收件凭证 {receipt}", bool(receipt))

    def dispatch(self) -> None:
        for who in ("planner", "approver"):
            self.teller.seen(self.lead, "各部门确认之前不能转办", "统一转办" not in self.names(self.lead))
            self.do(who, "最后确认", "最后确认：没有问题", result="confirmed")
        self.do("lead", "统一转办", "统一转办")
        items = {item["item_code"]: item for item in self.look()["items"]}
        self.teller.seen(self.supervisor, "转办的正是策划定下的五个事项", items.keys() == REQUIRED)
        main = {code for code, item in items.items() if item["main"]}
        self.teller.seen(self.supervisor, "其中三个是主流程事项", main == MAIN)

    def handle(self) -> None:
        first = self.task("planner", "审核", "062")
        stranger = self.refused("sports", first)
        self.teller.seen(self.supervisor, "别的部门办不了这个事项", stranger in (403, 404) and self.is_open(first))
        self.do("planner", "审核", f"审核“{first['item_name']}”：达到条件", first, decision="accept")
        early = self.task("planner", "受理", "062")
        stopped = self.refused("planner", early) == 409
        self.teller.seen(self.supervisor, "前置事项没有办结，受理被拒绝", stopped and self.is_open(early))
        self.approve("planner", "061", "锦北规联审〔2026〕1号")
        self.approve("planner", "062", "锦北规方案〔2026〕2号", reviewed=True)
        self.correct("approver", "015")
        self.approve("approver", "015", "锦北审批〔2026〕3号")
        self.teller.seen(self.lead, "还有主流程事项在办，不能阶段性办结", "阶段性办结" not in self.names(self.lead))
        self.approve("planner", "049", "建字第210782202600004号")

    def correct(self, who: str, code: str) -> None:
        task = self.task(who, "审核", code)
        missing = "初步设计文本缺少概算书"
        what = f"审核“{task['item_name']}”：材料缺失，需要补正"
        self.do(who, "审核", what, task, decision="correction", missing=missing)
        status = self.item(code)["status"]
        self.teller.seen(self.supervisor, "办件进入补正", status == CORRECTING)
        self.do("window", "补正材料", "收到补正的材料", note="概算书一册")
        waiting = [found["item_code"] for found in self.tasks(who, "审核")]
        self.teller.seen(self.cast.user(who), "办件回到原部门原环节", code in waiting)

    def approve(self, who: str, code: str, number: str, reviewed: bool = False) -> None:
        if not reviewed:
            task = self.task(who, "审核", code)
            self.do(who, "审核", f"审核“{task['item_name']}”：达到条件", task, decision="accept")
        accept = self.task(who, "受理", code)
        self.do(who, "受理", f"受理“{accept['item_name']}”", accept)
        task = self.task(who, "办理", code)
        due = str(task["due_at"] or "")[:10]
        title = f"关于{task['item_name']}的批复"
        wishes = {"decision": "approve", "result_number": number, "result_title": title}
        self.do(who, "办理", f"准予“{task['item_name']}”，时限 {task['limit_text']} 至 {due}", task, **wishes)
        item = self.item(code)
        right = item["status"] == APPROVED and item["result_number"] == number
        self.teller.seen(self.supervisor, f"“{item['name']}”已办结，文号 {number}", right)

    def finish(self) -> None:
        information = "设计方案、初步设计和建设工程规划许可证均已办结"
        self.do("lead", "阶段性办结", "阶段性办结，上传阶段性办结信息", information=information)
        case = self.look(self.applicant)
        self.teller.seen(self.applicant, "工程建设许可阶段已办结", case["status"] == "completed")
        self.teller.seen(self.applicant, "并行的划拨决定书仍在办理", case["ended_at"] is None)
        self.approve("planner", "063", "锦北划拨〔2026〕5号")
        case = self.look()
        over = case["ended_at"] is not None and case["progress"]["open_tasks"] == 0
        self.teller.seen(self.supervisor, "全部事项结束，没有遗留的待办", over)
