"""What the launcher says when it cannot go on: one Chinese sentence and an exit code, never a traceback."""

from __future__ import annotations

import errno
from pathlib import Path

DISK_FULL_SIGNS = ("No space left on device", "Disk quota exceeded", "could not extend file")


class CannotStart(Exception):
    """The platform cannot start or go on; ``message`` says what is wrong and how to mend it, in Chinese."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.exit_code = exit_code


def disk_full(place: Path) -> CannotStart:
    """The refusal for a full disk at ``place`` (exit code 3)."""
    return CannotStart(
        f"磁盘已满：无法写入 {place}。请清理后重新运行，或用 --data 指定另一块磁盘上的目录；已有数据不受影响。",
        exit_code=3,
    )


def is_disk_full(error: OSError) -> bool:
    """Whether the operating system refused a write for want of space, quota or file size."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def says_disk_full(text: str) -> bool:
    """Whether the output of a server or tool shows that the disk was full."""
    return any(sign in text for sign in DISK_FULL_SIGNS)
