"""``./bl audit verify``: verify the audit of a database and print, in Chinese, every trace of tampering."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from audit.findings import Finding
from audit.keys import seal_key
from audit.seal import ROOT_FILE
from audit.vault import Vault
from audit.verify import Report, verify
from database.connect import create_session_factory

TAMPERED, UNUSABLE = 1, 2


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Verify the database of ``DATABASE_URL`` with the keys of ``BINGLIAN_DATA``; exit code 0, 1 or 2."""
    parser = argparse.ArgumentParser(prog="./bl audit", description="核验审计链与封印")
    parser.add_argument("command", choices=["verify"], help="verify：核验全部审计记录")
    parser.add_argument(
        "--data", type=Path, default=environment.get("BINGLIAN_DATA"), help="数据目录（密钥与封印文件）"
    )
    parser.add_argument("--database-url", default=environment.get("DATABASE_URL"), help="数据库地址")
    options = parser.parse_args(arguments)
    if not options.database_url or not options.data:
        say("请设置 DATABASE_URL 与 BINGLIAN_DATA，或用 --database-url 与 --data 指定数据库和数据目录。", sys.stderr)
        return UNUSABLE
    keys = Path(options.data) / "keys"
    if not keys.is_dir():
        say(f"{keys} 里没有密钥：核验须使用平台运行时的数据目录（--data）。", sys.stderr)
        return UNUSABLE
    report = verify_database(options.database_url, Path(options.data))
    for line in lines(report):
        say(line)
    return TAMPERED if report.findings else 0


def verify_database(url: str, data: Path) -> Report:
    """Verify the database ``url`` with the keys and the root file of the data folder."""
    sessions = create_session_factory(url, pool_size=1)
    try:
        with sessions() as session:
            keys = data / "keys"
            return verify(session, Vault.open(keys), seal_key(keys).public_key(), data / "seals" / ROOT_FILE)
    finally:
        sessions.kw["bind"].dispose()


def lines(report: Report) -> list[str]:
    """The report as lines for people."""
    text = [f"审计记录 {report.entries} 条，审计流 {report.streams} 条，封印 {report.seals} 个。"]
    if report.erased:
        text.append(f"经双人清除内容的记录 {report.erased} 条（记录本身仍在链上）。")
    if report.unsealed:
        since = report.unsealed_since
        text.append(f"尚未封印 {report.unsealed} 条，最早的记于 {since:%Y-%m-%d %H:%M:%S %Z}：这一段只有散列链保护。")
    text += [finding.sentence for finding in sorted(report.findings, key=_order)]
    text.append(f"发现 {len(report.findings)} 处篡改痕迹。" if report.findings else "核验通过，未发现篡改。")
    return text


def say(line: str, stream: object = None) -> None:
    """Write one line."""
    (sys.stdout if stream is None else sys.stderr).write(line + "\n")


def _order(finding: Finding) -> tuple[str, str, int, str]:
    return (finding.stream_kind, finding.stream_id, finding.sequence, finding.code)
