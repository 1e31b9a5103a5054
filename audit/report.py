"""Verify the audit of a database, and say in Chinese every trace of tampering."""

from __future__ import annotations

from pathlib import Path

from audit.findings import Finding
from audit.keys import seal_key
from audit.seal import ROOT_FILE
from audit.vault import Vault
from audit.verify import Report, verify
from database.connect import create_session_factory


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


def _order(finding: Finding) -> tuple[str, str, int, str]:
    return (finding.stream_kind, finding.stream_id, finding.sequence, finding.code)
