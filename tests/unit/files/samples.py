"""Data for a document of every kind, with the long names and codes that occur."""

from __future__ import annotations

from typing import Any

from files.documents.kinds import EVERY_ITEM, KINDS, Kind

LONG = "北镇市广宁街道老城区基础设施综合改造提升及配套地下综合管廊、雨污分流管网、海绵城市示范（一期）工程项目"
EVERY = {
    "region": "北镇市",
    "issuer": "北镇市自然资源局",
    "applicant": "北镇城建投资有限公司",
    "project": LONG,
    "project_code": "2101-210782-04-01-000001",
    "engineering": "教学楼工程",
    "stage": "工程建设许可",
    "stage_case_number": "0000000001",
    "item": "建设工程规划许可证核发",
    "item_code": "1121078200123456789X2000115031000",
    "item_case_number": "0000000007",
}
ITEM = {
    "name": "建设工程规划许可证核发",
    "department": "北镇市自然资源局",
    "main": True,
    "limit": "3个工作日",
    "opinion": "",
    "conclusion": "required",
    "round": "最终策划",
    "minutes": "2026年11月20日线下审核会议纪要",
    "status": "办理中",
    "result": "建设工程规划许可证，建字第210782202600001号",
    "date": "2026年11月22日",
}
OTHER = {
    **ITEM,
    "name": "超限高层建筑工程抗震设防审批（含结构抗震性能化设计专项论证意见）",
    "department": "北镇市住房和城乡建设局",
    "main": False,
    "opinion": "建筑高度未超限，不需要办理；如设计方案调整致使高度超过规定限值的，应当重新征求意见。",
    "conclusion": "not_required",
}
FACTS: dict[str, Any] = {
    "items": [ITEM, OTHER] * 20,
    "departments": [
        {
            "name": "北镇市住房和城乡建设局",
            "legality": "符合",
            "compliance": "有条件符合",
            "feasibility": "未表示",
            "opinion": "设计方案调整后应当重新征求意见。",
        }
    ],
    "planning": 2,
    "summary": "项目用地符合详细规划，原则同意。",
    "materials": [
        {"name": "建设工程设计方案（含总平面图、日照分析报告）", "necessity": "必要", "status": "已收", "note": ""},
        {"name": "节能审查意见", "necessity": "容缺", "status": "待补", "note": "2026年12月1日前补齐"},
    ],
    "received_on": "2026年11月22日",
    "accepted_on": "2026年11月22日",
    "limit": "3个工作日",
    "missing": [{"name": "总平面图", "reason": "未标注建筑退让距离；比例尺与图签不一致，请由设计单位更正并盖章。"}],
    "reason": "所申请的建设内容不符合已批准的详细规划，容积率超出规划条件。",
    "basis": "《中华人民共和国城乡规划法》第四十条。",
    "procedure": "专家评审",
    "from": "2026年11月22日",
    "extension": "5个工作日",
    "due_on": "2026年12月4日",
    "result_title": "建设工程规划许可证",
    "result_number": "建字第210782202600001号",
    "result_date": "2026年11月22日",
    "valid_until": "2027年11月21日",
    "completed_on": "2026年11月22日",
    "results": [{"title": "建设工程规划许可证", "number": "建字第210782202600001号", "date": "2026年11月22日"}],
    "delivered_on": "2026年11月23日",
    "way": "窗口领取",
    "recipient": "北镇城建投资有限公司 张三",
    "conditions": ["建设用地已取得使用权。", "设计单位具备相应资质。"],
    "consequences": ["撤销行政许可决定。", "记入信用记录。"],
    "promises": ["已知晓全部告知内容。", "按期补齐所缺材料。"],
}


def sample(kind: Kind) -> dict[str, Any]:
    """Data of a document of the kind."""
    every = {name: value for name, value in EVERY.items() if kind.of_item or name not in EVERY_ITEM}
    return {**every, **{name: FACTS[name] for name in kind.facts if name in FACTS}}


def paper(kind: Kind, **changed: Any) -> dict[str, Any]:
    """A paper of the kind, ready to be set."""
    return {
        "title": kind.title,
        "number": kind.number(2026, 12),
        "issued_on": "2026年11月22日",
        "data": {**sample(kind), **changed},
    }


KIND_NAMES = sorted(KINDS)
