"""What the store cannot do."""

from __future__ import annotations

from errors import Refused


class StorageFull(Refused):
    """The disk of the store has no room left; nothing was kept."""

    status = 507

    def __init__(self) -> None:
        super().__init__("storage_full", "平台的存储空间不足，文件没有保存；请联系运维人员扩容后再上传。")


class TooLarge(Refused):
    """The content is longer than the platform takes."""

    status = 413

    def __init__(self, most: int) -> None:
        message = f"文件超过 {most // 1024**2} MB 的上限；请压缩或拆分后再上传。"
        super().__init__("file_too_large", message, field="file")
