"""``./bl audit verify``: verification of the given database, or of the private one of a data folder."""

from __future__ import annotations

from collections.abc import Sequence

from audit import report
from launcher.arguments import ChineseParser
from launcher.database import database_of
from launcher.trouble import CannotStart


def main(arguments: Sequence[str]) -> int:
    """Verify; the private server is started for it when the platform is not running. 0 intact, 1 tampered with."""
    parser = ChineseParser("./bl audit", "核验审计链与封印，逐条说出篡改痕迹。")
    parser.add_argument("verify", choices=["verify"], help="核验全部审计记录")
    parser.add_data_folder("密钥与封印文件在其中")
    data = parser.parse_args(arguments).data.resolve()
    with database_of(data) as (url, _):
        if not (data / "keys").is_dir():
            raise CannotStart(f"{data} 里没有密钥 keys：请用 --data 指定平台运行时的数据目录。", exit_code=2)
        found = report.verify_database(url, data)
    print("\n".join(report.lines(found)))
    return 1 if found.findings else 0
