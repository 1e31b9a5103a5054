"""``./bl demo``: people take a project through a story over HTTP; without a choice the whole 工程建设许可 stage."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from demo.accounts import FILE, read_accounts
from demo.choices import STORIES, Tell, choose, listed
from demo.flow import UnknownStage
from demo.telling import Teller, WentWrong
from features.steps.cast import Cast
from features.steps.person import Refusal
from launcher.arguments import ChineseParser


def main(arguments: Sequence[str]) -> int:
    """Play the demonstration; the exit code, 0 only when every step did what it should."""
    parser = ChineseParser("./bl demo", f"以各方的身份走完一个故事。\n\n{listed()}")
    parser.add_argument("--url", metavar="地址", help="已在运行的平台，例如 http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, metavar="目录", help="那个平台的数据目录，账号文件在里面")
    parser.add_argument("--story", choices=STORIES, metavar="名称", help="走哪个故事，见上；不给时是默认的那个")
    parser.add_argument("--process-type", metavar="编码", help="改走这个流程类型的各阶段，例如 8-1；编码见地区包")
    parser.add_argument("--stage", metavar="序号", help="只走这一个阶段，例如 3；不给 --process-type 时是流程类型 1")
    options = parser.parse_args(arguments)
    if bool(options.url) != bool(options.data):
        parser.error("--url 和 --data 要一起给出，或者都不给")
    if options.story and (options.process_type or options.stage):
        parser.error("--story 不能与 --process-type、--stage 同时给出")
    tell = choose(options.story, options.process_type, options.stage)
    try:
        if options.url:
            return play(options.url, options.data, tell)
        with throw_away_platform() as (url, data):
            return play(url, data, tell)
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130


def play(url: str, data: Path, tell: Tell) -> int:
    """Play a story on a running platform whose accounts lie in ``data``."""
    teller = Teller()
    try:
        cast = Cast(url, read_accounts(data))
        tell(cast, teller)
    except FileNotFoundError:
        return failed(f"{data} 里没有 {FILE}：请用 ./bl run 启动演示区，并给出它的数据目录。")
    except (OSError, HTTPException) as error:
        return failed(f"连不上 {url}：{getattr(error, 'reason', error)}。请核对地址，并确认平台正在运行。")
    except (LookupError, ValueError) as error:
        return failed(f"{url} 或 {data} 不是演示区的：{error}。请核对地址和数据目录。")
    except Refusal as refusal:
        return failed(f"平台拒绝了第 {teller.steps + 1} 步：{refusal.message} {dict(refusal.problem)}")
    except (UnknownStage, WentWrong) as wrong:
        return failed(str(wrong))
    print(f"\n{len(cast.signed_in)} 个人，{teller.steps} 步，{teller.outcomes} 项结果，全部正确。")
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
