"""Command-line options whose help and errors are Chinese."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from launcher.places import DATA

WORDS = {
    "unrecognized arguments:": "不认识的参数：",
    "expected one argument": "缺少值",
    "the following arguments are required:": "缺少参数：",
    "invalid choice: ": "不能是 ",
    "choose from ": "可选：",
    "argument ": "",
}


class ChineseParser(argparse.ArgumentParser):
    """``argparse`` with a Chinese frame around the options' own help texts."""

    def __init__(self, program: str, description: str) -> None:
        super().__init__(
            prog=program,
            description=description,
            add_help=False,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._positionals.title, self._optionals.title = "要写明的", "参数"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def add_data_folder(self, holds: str) -> None:
        """The option ``--data``: the platform's data folder, of which the command needs what it ``holds``."""
        default = Path(os.environ.get("BINGLIAN_DATA") or DATA)
        text = f"平台的数据目录，{holds}（默认 {default}）"
        self.add_argument("--data", type=Path, default=default, metavar="目录", help=text)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        for english, chinese in WORDS.items():
            message = message.replace(english, chinese)
        print(f"参数有误：{message}\n运行 {self.prog} --help 查看可用的参数。", file=sys.stderr)
        sys.exit(2)


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """An option type: a whole number from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"应是 {least} 到 {most} 的整数，得到的是“{text}”")
        return int(text)

    return parse
