"""What verification may find, each with a code, the place and a sentence that names what was done."""

from __future__ import annotations

from dataclasses import dataclass

SENTENCES = {
    "changed": "{stream} 第 {sequence} 条被改动，或其前一条连同散列被改写",
    "removed": "{stream} 第 {sequence} 条至第 {until} 条被删除",
    "inserted": "{stream} 第 {sequence} 条是后来插入的",
    "reordered": "{stream} 第 {sequence} 条被调换了次序",
    "cut": "{stream} 的末尾被截断：现有 {sequence} 条，应至少有 {until} 条",
    "dropped": "{stream} 被整条删除：应至少有 {until} 条",
    "recomputed": "{stream} 被改写并重新计算了散列：第 {sequence} 条与封印不符",
    "head_changed": "{stream} 的业务行与审计不符：业务行记 {until} 条，审计为 {sequence} 条",
    "owner_gone": "{stream} 所属的业务行被删除，审计留有 {sequence} 条",
    "details_changed": "{stream} 第 {sequence} 条的内容被改动",
    "details_removed": "{stream} 第 {sequence} 条的内容被删除，且没有双人清除的记录",
    "seal_removed": "第 {sequence} 号至第 {until} 号封印被删除",
    "seal_changed": "第 {sequence} 号封印被改动，或不是用本平台的密钥签署的",
    "seal_order": "第 {sequence} 号封印没有接在前一封印之后",
    "seal_heads": "第 {sequence} 号封印所含的流清单被改动",
    "root_file": "封印文件第 {sequence} 号与数据库不符",
    "root_file_removed": "封印文件缺失或被截断：只到第 {sequence} 号，数据库已有第 {until} 号",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One trace of tampering; ``sequence`` and ``until`` number entries or seals, as the sentence of ``code`` says."""

    code: str
    stream_kind: str = ""
    stream_id: str = ""
    sequence: int = 0
    until: int = 0

    @property
    def sentence(self) -> str:
        """The Chinese sentence for people."""
        stream = f"审计流 {self.stream_kind}/{self.stream_id}"
        return SENTENCES[self.code].format(stream=stream, sequence=self.sequence, until=self.until)
