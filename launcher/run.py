"""``./bl run``: the platform in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence
from types import FrameType

from launcher.arguments import ChineseParser, whole_number
from launcher.system import Plan, Platform


def main(arguments: Sequence[str]) -> int:
    """Start, tell where to go, watch, stop; the exit code."""
    options = parse(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)
    plan = Plan(options.data, options.host, options.port, workers=options.workers)
    platform = Platform(plan, lambda text: print(text, flush=True))
    try:
        platform.start()
        print(welcome(platform), flush=True)
        platform.watch()
    except KeyboardInterrupt:
        print("\n正在停止 …", flush=True)
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # stopping is under way, and bounded in time
        platform.stop()
    print("已停止。", flush=True)
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of ``./bl run``; ``SystemExit(2)`` after saying what is wrong with them."""
    parser = ChineseParser("./bl run", "在前台启动平台，按 Ctrl-C 停止。")
    parser.add_argument(
        "--port", type=whole_number(0, 65535), default=8000, metavar="N", help="端口（默认 8000；0 为任意空闲端口）"
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听的地址（默认 127.0.0.1，只供本机）")
    parser.add_data_folder("数据库、密钥、文件和日志都在其中")
    parser.add_argument("--workers", type=whole_number(1, 64), default=2, metavar="N", help="工作进程数（默认 2）")
    return parser.parse_args(arguments)


def welcome(platform: Platform) -> str:
    """What to do now that it runs."""
    lines = [f"平台已启动：{platform.url}", f"数据目录：{platform.settings.data}"]
    if platform.notice:
        lines.append(platform.notice)
    return "\n".join([*lines, "按 Ctrl-C 停止。"])


def interrupt(number: int, frame: FrameType | None) -> None:
    """Every signal that asks to end is a Ctrl-C."""
    raise KeyboardInterrupt
