"""What clients send to and get of the boards of lights."""

from __future__ import annotations

from marshmallow import fields

from api.belonging import Belonging
from api.fields import Choice, Identifier, Moment, Output, Part, Text, shown
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE, CODE_HINT
from cases.models.due import OF_CASES, OF_TOKENS
from cases.queries.lights import COLOURS

KINDS = tuple(kind for kind in (*OF_TOKENS, *OF_CASES) if kind != "timer")
MEANINGS = "green 正常，yellow 临近到期，red 已超期，grey 挂起。"


class BoardQuery(PageQuery):
    """Which lights to list."""

    color = Choice(*COLOURS, required=True, metadata={"description": MEANINGS})
    organisation = Identifier(metadata={"description": "责任单位。"})
    region = Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"})
    kind = Choice(*KINDS, metadata={"description": "时限种类。"})


class LitLimit(Output):
    """A running limit, its colour, and what it is about: on a board, and in the progress of a case."""

    id = shown(fields.UUID, "编号。")
    kind = Choice(*KINDS, required=True)
    color = Choice(*COLOURS, required=True, metadata={"description": MEANINGS})
    limit_text = shown(fields.String, "时限，如 5WD。")
    started_at = shown(Moment, "起算时间。")
    yellow_at = shown(Moment, "转黄灯的时间。")
    due_at = shown(Moment, "到期时间；挂起时为挂起前的到期时间。")
    provisional = shown(fields.Boolean, "是否暂定（跨入未公布放假安排的年份，不亮红灯）。")
    organisation_name = shown(fields.String, "责任单位名称。", empty=True)
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    task_name = shown(fields.String, "任务名称。", empty=True)


class LightAnswer(Belonging, LitLimit):
    """A limit on a board, with the project that it belongs to."""

    organisation_id = shown(fields.UUID, "责任单位。", empty=True)
    item_code = shown(fields.String, "事项编码。", empty=True)
    task_id = shown(fields.UUID, "任务。", empty=True)


LightPage = page_of(LightAnswer)


class CountQuery(PageQuery):
    """Which counts to list."""

    organisation = Identifier(metadata={"description": "责任单位。"})
    region = Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"})
    stage = Text(longest=20, metadata={"description": "阶段编码。"})


class CountAnswer(Output):
    """How many lights of each colour an organisation has in a stage."""

    region_code = shown(fields.String, "地区。")
    organisation_id = shown(fields.UUID, "责任单位。")
    organisation_name = shown(fields.String, "责任单位名称。")
    stage = shown(fields.String, "阶段编码。")
    green = shown(fields.Integer, "绿灯数。")
    yellow = shown(fields.Integer, "黄灯数。")
    red = shown(fields.Integer, "红灯数。")
    grey = shown(fields.Integer, "挂起数。")


class CountPage(Output):
    """One page of counts, all of one moment."""

    as_of = shown(Moment, "统计的时间，最多早于现在 30 秒。")
    entries = fields.List(Part(CountAnswer), required=True, metadata={"description": "本页内容。"})
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "下一页的游标；没有下一页时为 null。"}
    )
