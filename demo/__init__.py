"""``./bl demo``: people take a project through its stages over HTTP; without a choice the whole 工程建设许可 stage."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from demo.accounts import FILE, people, read_accounts
from demo.stages import Stages, UnknownStage
from demo.story import Story
from demo.telling import Teller, WentWrong
from features.steps.person import Person, Refusal
from launcher.arguments import ChineseParser

CAST = ("applicant", "window", "lead", "planner", "approver", "sports", "housing", "supervisor")
PLAYING = ("applicant", "window_clerk", "lead_officer", "officer", "supervisor")
Tell = Callable[[Mapping[str, Person], Teller], None]


def main(arguments: Sequence[str]) -> int:
    """Play the demonstration; the exit code, 0 only when every step did what it should."""
    parser = ChineseParser("./bl demo", "以八个人的身份走完一个项目的工程建设许可阶段。")
    parser.add_argument("--url", metavar="地址", help="已在运行的平台，例如 http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, metavar="目录", help="那个平台的数据目录，账号文件在里面")
    parser.add_argument("--process-type", metavar="编码", help="走这个流程类型的各阶段，例如 8-1；编码见地区包")
    parser.add_argument("--stage", metavar="序号", help="只走这一个阶段，例如 3；不给 --process-type 时是流程类型 1")
    options = parser.parse_args(arguments)
    if bool(options.url) != bool(options.data):
        parser.error("--url 和 --data 要一起给出，或者都不给")
    try:
        chosen = _choice(options.process_type, options.stage)
        if options.url:
            return play(options.url, options.data, *chosen)
        with throw_away_platform() as (url, data):
            return play(url, data, *chosen)
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130


def _choice(process_type: str | None, stage: str | None) -> tuple[Sequence[str], Tell]:
    """Who takes part, and how the story is told: the one story of eight people, or stages of a process type."""
    if process_type is None and stage is None:
        return CAST, lambda cast, teller: Story(cast, teller).tell()
    everybody = [person.username for person in people() if person.role in PLAYING]
    return everybody, lambda cast, teller: Stages(cast, teller, process_type or "1", stage).tell()


def play(url: str, data: Path, cast: Sequence[str], tell: Tell) -> int:
    """Play a story on a running platform whose accounts lie in ``data``."""
    teller = Teller()
    try:
        accounts = read_accounts(data)
        tell({name: Person(url, name, accounts[name].password) for name in cast}, teller)
    except FileNotFoundError:
        return failed(f"{data} 里没有 {FILE}：请用 ./bl run 启动演示区，并给出它的数据目录。")
    except (OSError, HTTPException) as error:
        return failed(f"连不上 {url}：{getattr(error, 'reason', error)}。请核对地址，并确认平台正在运行。")
    except (KeyError, ValueError) as error:
        return failed(f"{url} 或 {data} 不是演示区的：{error}。请核对地址和数据目录。")
    except Refusal as refusal:
        return failed(f"平台拒绝了第 {teller.steps + 1} 步：{refusal.message} {dict(refusal.problem)}")
    except (UnknownStage, WentWrong) as wrong:
        return failed(str(wrong))
    print(f"\n{len(cast)} 个人，{teller.steps} 步，{teller.outcomes} 项结果，全部正确。")
    return 0


def failed(reason: str) -> int:
    """Say why; the exit code."""
    print(f"\n演示没有成功：{reason}", file=sys.stderr)
    return 1


@contextmanager
def throw_away_platform() -> Iterator[tuple[str, Path]]:
    """A platform of the demonstration's own: its address and data folder, gone afterwards."""
    from launcher.system import Plan, Platform

    with tempfile.TemporaryDirectory(prefix="binglian-demo-") as folder:
        data = Path(folder)
        with Platform(Plan(data, port=0, workers=1, throw_away=True), lambda text: print(text, flush=True)) as platform:
            yield platform.url, data
