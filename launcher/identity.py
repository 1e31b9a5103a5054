"""As whom a PostgreSQL server runs: it refuses root, and initdb refuses users without a name."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.trouble import CannotStart


@dataclass(frozen=True, slots=True)
class Identity:
    """A command prefix, and the user and group that must own the data folder as seen from outside."""

    prefix: tuple[str, ...]
    user: int
    group: int

    def own(self, folder: Path) -> None:
        """Give ``folder`` and all in it to this identity, when somebody else owns it (an earlier start differed)."""
        if folder.stat().st_uid == self.user:
            return
        for path, _, names in os.walk(folder):
            os.chown(path, self.user, self.group)
            for name in names:
                os.chown(Path(path, name), self.user, self.group, follow_symlinks=False)


def unprivileged() -> pwd.struct_passwd:
    """An account that is not root: nobody, or the first other one that the machine knows."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        for account in pwd.getpwall():
            if account.pw_uid != 0:
                return account
    raise CannotStart(
        "本机没有任何非 root 账户，PostgreSQL 不能以 root 运行。请先建立一个普通账户（useradd binglian）。"
    )


def server_identity() -> Identity:
    """As whom to run the server: oneself; in a user namespace when that is root or nameless; else another user."""
    user, group = os.geteuid(), os.getegid()
    if user != 0 and has_name(user):
        return Identity((), user, group)
    account = unprivileged()
    namespace = user_namespace(account)
    if namespace is not None:
        return Identity(namespace, user, group)
    if user != 0:
        raise CannotStart(
            f"当前用户编号 {user} 没有账户名，且系统禁止用户命名空间。"
            "请以有名字的账户运行，或设置 DATABASE_URL 使用已有的 PostgreSQL。"
        )
    return Identity(other_user(account), account.pw_uid, account.pw_gid)


def has_name(user: int) -> bool:
    """Whether the account data base knows the user id."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def user_namespace(account: pwd.struct_passwd) -> tuple[str, ...] | None:
    """The prefix that shows ourselves as ``account`` in a user namespace; None where the machine forbids them."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    prefix = (unshare, "-U", f"--map-user={account.pw_uid}", f"--map-group={account.pw_gid}")
    probe = subprocess.run([*prefix, "true"], capture_output=True, timeout=10, check=False)
    return prefix if probe.returncode == 0 else None


def other_user(account: pwd.struct_passwd) -> tuple[str, ...]:
    """The prefix that drops root for ``account``.

    One capability stays, to pass through folders that are root's own (a checkout under /root): in a namespace the
    server would be the owner of those files as well.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CannotStart("找不到 setpriv 命令。请安装 util-linux(Debian/Ubuntu:apt-get install util-linux)后重试。")
    prefix = (setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    passing = (*prefix, "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override")
    for candidate in (passing, prefix):
        if subprocess.run([*candidate, "true"], capture_output=True, timeout=10, check=False).returncode == 0:
            return candidate
    raise CannotStart(
        "无法切换到非 root 账户（缺少 setuid 权限）。请以普通用户运行，或设置 DATABASE_URL 使用已有的 PostgreSQL。"
    )
