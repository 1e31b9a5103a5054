"""``./bl deploy``: put a region pack in force, on the given database or on the private one of a data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from cases.deploy_release import deploy_release, require_region
from cases.releases import vocabulary
from database.clock import current_time
from database.transaction import in_transaction
from features import gate
from features.accepted import is_accepted
from launcher.arguments import ChineseParser
from launcher.database import platform_sessions
from launcher.trouble import CannotStart
from processes.findings import PackInvalid
from processes.install import in_force
from processes.loader import load_folder
from processes.models import InstalledRelease
from processes.release import Release
from worktime.calendar import ZONE

REFUSED = "没有发布，现行规则未变。"


def main(arguments: Sequence[str]) -> int:
    """Check the pack, say what is new, put it in force; the exit code, 0 also when it was in force already."""
    parser = ChineseParser("./bl deploy", "发布一个地区包：检查、验证，然后从此刻起对新发起的阶段生效。")
    parser.add_argument("folder", type=Path, metavar="目录", help="地区包所在的目录，例如 processes/beizhen")
    parser.add_data_folder("平台的密钥在其中")
    options = parser.parse_args(arguments)
    release, data = read_pack(options.folder), options.data.resolve()
    with platform_sessions(data) as sessions:
        return deploy(sessions, release)


def read_pack(folder: Path) -> Release:
    """The release of a folder; raises ``CannotStart`` with everything that is wrong with it."""
    if not (folder / "pack.toml").is_file():
        what = "里没有 pack.toml，不是地区包" if folder.is_dir() else "不是目录" if folder.exists() else "不存在"
        raise CannotStart(f"{folder} {what}。请给出地区包的目录，例如 processes/beizhen。", exit_code=2)
    try:
        return load_folder(folder, vocabulary())
    except PackInvalid as invalid:
        raise CannotStart(f"{invalid}\n{REFUSED}") from None
    except OSError as error:
        place = error.filename or folder
        raise CannotStart(f"读不了 {place}：{error.strerror}。请检查文件权限。{REFUSED}") from error


def deploy(sessions: sessionmaker[Session], release: Release) -> int:
    """Put the release in force on this platform, telling what is done."""
    files = in_transaction(sessions, partial(files_in_force, release=release))
    region = f"{release.region.name}（{release.region.code}）"
    print(f"{release.title} {release.version}，{region}，编号 {release.id[:12]}")
    for line in changes(files, release.files):
        print(f"  {line}")
    if files != release.files:
        prove(release, first=not files)
    done = in_transaction(sessions, lambda session: deploy_release(session, None, release, current_time(session)))
    for name in done.organisations:
        print(f"  新建机构：{name}")
    since = done.in_force_from.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    if done.changed:
        print(f"已发布：自 {since} 起，{region}新发起的阶段按此办理；此前发起的仍按原来的规则。")
    else:
        print(f"这个内容已在 {since} 生效，没有需要发布的改动。")
    return 0


def prove(release: Release, first: bool) -> None:
    """Play the scenarios on the release, unless it is a first one that passed already; raises ``CannotStart``."""
    if first and is_accepted(release):
        print("  这个内容已用本版本的平台通过了全部条文场景（processes/accepted.toml）")
        return
    print("正在一个临时平台上用条文场景验证，约需一两分钟 …", flush=True)
    try:
        verdict = gate.prove(release)
    except gate.GateBroken as broken:
        raise CannotStart(f"{broken}\n{REFUSED}") from None
    if verdict.failures:
        failures = "\n".join(verdict.failures)
        raise CannotStart(f"{failures}\n{len(verdict.failures)} 个场景不成立（共 {verdict.played} 个）。{REFUSED}")
    print(f"  {verdict.played} 个场景全部成立")


def files_in_force(session: Session, *, release: Release) -> Mapping[str, bytes]:
    """The files of the release that is in force in the region now; none when there is no such release."""
    require_region(session, release)
    current = in_force(session, release.region.code)
    if current is None:
        return {}
    return {name: text.encode() for name, text in session.get_one(InstalledRelease, current).files.items()}


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """What a release changes in the one before it, a line a file."""
    if not before:
        return [f"该地区的第一个发布，共 {len(after)} 个文件"]
    added = [f"新增 {name}" for name in sorted(after.keys() - before.keys())]
    changed = [f"修改 {name}" for name in sorted(after.keys() & before.keys()) if after[name] != before[name]]
    removed = [f"删除 {name}" for name in sorted(before.keys() - after.keys())]
    return added + changed + removed
