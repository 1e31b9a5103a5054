"""What clients send to and get of the working calendar."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Choice, Day, Input, Listed, Moment, Output, Part, Text, Whole, shown
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE, CODE_HINT

LONGEST_NOTICE = 20_000
FIRST_YEAR, LAST_YEAR = 2004, 2199


def region(**options: Any) -> Text:
    """A region's code."""
    return Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"}, **options)


class CalendarQuery(Input):
    """Whose calendar, and which years of it."""

    region_code = region(required=True)
    first_year = Whole(FIRST_YEAR, LAST_YEAR, metadata={"description": "从哪一年起；不写则从去年起。"})
    last_year = Whole(FIRST_YEAR, LAST_YEAR, metadata={"description": "到哪一年止；不写则到后年，一次最多 30 年。"})


class NoticeQuery(PageQuery):
    """Which notices to list."""

    region_code = region()
    year = Whole(FIRST_YEAR, LAST_YEAR, metadata={"description": "年份。"})


class NoticeInput(Input):
    """A year's arrangement, as a file's text."""

    region_code = Text(
        shortest=2,
        longest=12,
        pattern=CODE,
        hint=CODE_HINT,
        load_default=None,
        metadata={"description": "只用于这个地区及其下级；不写则用于全国，由系统管理员公布。"},
    )
    format = Choice("csv", "json", required=True)
    content = Text(
        required=True,
        longest=LONGEST_NOTICE,
        lines=True,
        metadata={"description": "CSV 表头 year,days,kind；JSON 为 year、off、on。连续几天：2027-10-01/2027-10-07。"},
    )


class PublicationInput(NoticeInput):
    """A year's arrangement, to be in force."""

    source = Text(required=True, longest=200, metadata={"description": "依据的文件，例如国办发明电的文号。"})
    seen_version = Whole(0, 2**53, metadata={"description": "预览答复里的 version；其间另有公布则拒绝（409）。"})


class YearAnswer(Output):
    """A year of the calendar."""

    year = shown(fields.Integer, "年份。")
    provisional = shown(fields.Boolean, "是否尚未公布放假安排；期限落在其中的是暂定的。")
    off = fields.List(Day(), required=True, metadata={"description": "落在周一至周五的放假日。"})
    on = fields.List(Day(), required=True, metadata={"description": "落在周六、周日的上班日。"})
    version = shown(fields.Integer, "公布它的版本；随平台自带的年份为 null。", empty=True)
    region_code = shown(fields.String, "由哪个地区公布；全国的为 null。", empty=True)
    source = shown(fields.String, "依据的文件。", empty=True)
    published_at = shown(Moment, "公布时间。", empty=True)


class SeasonAnswer(Output):
    """Other hours in a part of every year."""

    first = shown(fields.String, "从几月几日起，写作 05-01。")
    last = shown(fields.String, "到几月几日止。")
    hours = fields.List(fields.List(fields.String()), required=True, metadata={"description": "起止时刻。"})


class LocalDayAnswer(Output):
    """A day that the region arranges otherwise."""

    day = shown(Day, "日期。")
    hours = fields.List(fields.List(fields.String()), required=True, metadata={"description": "起止时刻；空为放假。"})


class CalendarAnswer(Output):
    """The calendar of a region."""

    region_code = shown(fields.String, "地区。")
    version = shown(fields.Integer, "日历的版本：最近一次公布的编号，没有公布过为 0。")
    digest = shown(fields.String, "日历内容的 SHA-256。", pattern="^[0-9a-f]{64}$")
    hours = fields.List(fields.List(fields.String()), required=True, metadata={"description": "平日的起止时刻。"})
    seasons = fields.List(Part(SeasonAnswer), required=True, metadata={"description": "另有工作时间的季节。"})
    local_days = fields.List(Part(LocalDayAnswer), required=True, metadata={"description": "本地另有安排的日子。"})
    years = fields.List(Part(YearAnswer), required=True, metadata={"description": "各年的安排。"})
    provisional_years = fields.List(
        fields.Integer(), required=True, metadata={"description": "其中尚未公布放假安排的年份。"}
    )


class NoticeAnswer(Output):
    """A notice: one version of the calendar."""

    id = shown(fields.UUID, "编号。")
    version = shown(fields.Integer, "版本。")
    region_code = shown(fields.String, "用于哪个地区及其下级；全国的为 null。", empty=True)
    year = shown(fields.Integer, "年份。")
    off = fields.List(Day(), required=True, metadata={"description": "落在周一至周五的放假日。"})
    on = fields.List(Day(), required=True, metadata={"description": "落在周六、周日的上班日。"})
    source = shown(fields.String, "依据的文件。")
    published_by_name = shown(fields.String, "谁公布的；平台自己公布的为 null。", empty=True)
    published_at = shown(Moment, "公布时间。")


class MoveAnswer(Output):
    """A limit that would move."""

    id = shown(fields.UUID, "期限。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    limit_text = shown(fields.String, "期限，例如 5WD。")
    due_before = shown(Moment, "现在的到期时刻。")
    provisional_before = shown(fields.Boolean, "现在是否暂定。")
    due_after = shown(Moment, "公布后的到期时刻。")
    provisional_after = shown(fields.Boolean, "公布后是否暂定。")


class PreviewAnswer(Output):
    """What a notice would do."""

    version = shown(fields.Integer, "预览所依据的日历版本；公布时填入 seen_version。")
    year = shown(fields.Integer, "年份。")
    off = fields.List(Day(), required=True, metadata={"description": "读到的放假日（周一至周五）。"})
    on = fields.List(Day(), required=True, metadata={"description": "读到的上班日（周六、周日）。"})
    running = shown(fields.Integer, "正在计时的期限，含挂起的。")
    held = shown(fields.Integer, "其中挂起的；恢复计时时按新日历计算。")
    moved = shown(fields.Integer, "到期时刻或暂定与否会改变的。")
    later = shown(fields.Integer, "其中推后的。")
    earlier = shown(fields.Integer, "其中提前的。")
    confirmed = shown(fields.Integer, "其中由暂定变为确定的。")
    moves = Listed(Part(MoveAnswer), most=200, required=True, metadata={"description": "按到期先后的前 200 个。"})


NoticePage = page_of(NoticeAnswer)
