"""``./bl calendar``: look at a region's years, preview and publish a year's days off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from cases.preview_calendar import Preview, preview_calendar
from cases.publish_calendar import publish_calendar, read_notice
from cases.queries.calendars import calendar_of_region
from database.clock import current_time
from database.transaction import in_transaction
from launcher.arguments import ChineseParser
from launcher.database import platform_sessions
from launcher.trouble import CannotStart
from worktime import Notice
from worktime.calendar import ZONE
from worktime.wording import moment

FORMS = {".csv": "csv", ".json": "json"}
WRITTEN = 20  # moves that are printed


def main(arguments: Sequence[str]) -> int:
    """Show, preview or publish; what is published from here is published by the platform itself."""
    parser = ChineseParser("./bl calendar", "查看各年放假安排；预览、公布一年的安排。")
    parser.add_argument("command", choices=["show", "preview", "publish"], help="查看、预览或公布")
    parser.add_argument("file", type=Path, nargs="?", metavar="文件", help="一年的安排：.csv（year,days,kind）或 .json")
    parser.add_argument("--region", metavar="代码", help="地区代码；公布时不写则用于全国")
    parser.add_argument("--source", metavar="文号", help="依据的文件（公布时必填）")
    parser.add_data_folder("平台的密钥在其中")
    options = parser.parse_args(arguments)
    if options.command == "show":
        if options.region is None:
            parser.error("请用 --region 写明地区代码")
        with platform_sessions(options.data.resolve()) as sessions, sessions() as session:
            return show(session, options.region)
    if options.file is None or (options.command == "publish" and not options.source):
        parser.error("请给出文件；公布时还要用 --source 写明依据的文件")
    notice = read_file(options.file)
    with platform_sessions(options.data.resolve()) as sessions:
        preview = in_transaction(
            sessions, lambda session: preview_calendar(session, None, notice, region_code=options.region)
        )
        tell(notice, preview)
        if options.command == "preview":
            print("只是预览，什么也没有改变；公布请用 ./bl calendar publish。")
            return 0
        version = in_transaction(
            sessions,
            lambda session: (
                publish_calendar(
                    session,
                    None,
                    notice,
                    region_code=options.region,
                    source=options.source,
                    now=current_time(session),
                    seen_version=preview.version,
                ).version
            ),
        )
    print(f"已公布：日历版本 {version}；正在计时的期限由后台重新计算。")
    return 0


def read_file(path: Path) -> Notice:
    """The notice of a file; raises ``CannotStart``, and ``Invalid`` with every mistake in it."""
    if path.suffix not in FORMS:
        raise CannotStart(f"{path} 不是 .csv 或 .json 文件。", exit_code=2)
    try:
        return read_notice(FORMS[path.suffix], path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CannotStart(f"{path} 不是 UTF-8 文字，请另存为 UTF-8。", exit_code=2) from None
    except OSError as error:
        raise CannotStart(f"读不了 {path}：{error.strerror}。", exit_code=2) from error


def show(session: Session, region_code: str) -> int:
    """Print the years of a region around the present one."""
    found = calendar_of_region(session, region_code)
    year = current_time(session).year
    print(f"地区 {region_code}，日历版本 {found.version}")
    for each in range(year - 1, year + 3):
        notice = found.notices.get(each)
        source = f"版本 {notice.version}，{notice.source}" if notice else "随平台自带"
        announced = each in found.calendar.published
        print(f"  {each} 年：{source if announced else '尚未公布，期限落在其中的是暂定的'}")
    return 0


def tell(notice: Notice, preview: Preview) -> None:
    """Print what a notice would move."""
    print(f"{notice.year} 年：放假（周一至周五）{len(notice.off)} 天，调休上班 {len(notice.on)} 天。")
    print(f"正在计时的期限 {preview.running} 个，其中挂起 {preview.held} 个（恢复计时时再算）。")
    print(
        f"到期时刻或暂定与否改变的 {preview.moved} 个：推后 {preview.later}，提前 {preview.earlier}，"
        f"由暂定变为确定 {preview.confirmed}。"
    )
    for move in preview.shown[:WRITTEN]:
        before, after = (moment(due.at.astimezone(ZONE)) for due in (move.before, move.after))
        print(f"  {move.limit_text} {move.id}：{before} → {after}")
    if preview.moved > WRITTEN:
        print(f"  ……另有 {preview.moved - WRITTEN} 个")
