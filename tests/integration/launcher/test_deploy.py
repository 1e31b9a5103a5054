"""``./bl deploy`` puts a pack in force, says what it does, and changes nothing when something is wrong."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from accounts.regions import create_region
from audit.vault import Vault
from cases.releases import vocabulary
from demo.region import PACK
from errors import Refused
from features import accepted, gate
from launcher.deploy import main
from launcher.trouble import CannotStart
from processes.install import in_force
from processes.loader import load_folder
from processes.models import InstalledRelease
from processes.release import Release
from tests.conftest import Database

REGION = "210782"


@pytest.fixture(autouse=True)
def given_database(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find this test's database as a deployment names it."""
    monkeypatch.setenv("DATABASE_URL", database.url.replace("postgresql+psycopg://", "postgresql://"))
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)


@pytest.fixture(autouse=True)
def accepted_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack of the checkout passed its scenarios."""
    accepted.accept(load_folder(PACK, vocabulary()), tmp_path / "accepted.toml")
    monkeypatch.setattr(accepted, "FILE", tmp_path / "accepted.toml")


class Gate:
    """A gate that gives this verdict and remembers what it was asked to prove."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *failures: str) -> None:
        self.asked: list[str] = []
        self.verdict = gate.Verdict(3, failures)
        monkeypatch.setattr(gate, "prove", self.prove)

    def prove(self, release: Release) -> gate.Verdict:
        self.asked.append(release.id)
        return self.verdict


@pytest.fixture
def region(session: Session, database: Database) -> str:
    """The region of the pack, made by the first administrator."""
    create_region(session, None, code=REGION, name="北镇市", parent_code=None, now=database.now)
    session.commit()
    return REGION


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the pack that a test may spoil."""
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


@pytest.fixture
def data(vault: Vault, data_folder: Path) -> str:
    """The option that names the platform's data folder."""
    return f"--data={data_folder}"


def edit(pack: Path, name: str, old: str, new: str) -> None:
    """Replace a text of a pack's file."""
    path = pack / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def installed(session: Session) -> int | None:
    session.rollback()
    return session.scalar(select(func.count()).select_from(InstalledRelease))


@pytest.mark.usefixtures("region")
def test_the_first_deployment_puts_the_pack_in_force_and_makes_its_authorities(
    session: Session, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(PACK), data]) == 0
    said = capsys.readouterr().out
    release = session.get_one(InstalledRelease, in_force(session, REGION))
    assert release.in_force_from is not None
    since = re.search(r"已发布：自 (\S+ \S+) 起", said)
    assert since
    local = datetime.fromisoformat(f"{since[1]}+08:00")
    assert abs((local - release.in_force_from).total_seconds()) < 1
    kinds = set(session.scalars(select(Organisation.kind)))
    assert {"department", "window"} <= kinds
    assert "applicant" not in kinds
    assert "新建机构：北镇市自然资源局" in said


@pytest.mark.usefixtures("region")
def test_repeating_a_deployment_is_harmless_and_says_since_when_it_is_in_force(
    session: Session, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(PACK), data])
    before = session.get_one(InstalledRelease, in_force(session, REGION)).in_force_from
    capsys.readouterr()
    assert main([str(PACK), data]) == 0
    assert re.search(r"这个内容已在 \S+ \S+ 生效", capsys.readouterr().out)
    session.expire_all()
    assert session.get_one(InstalledRelease, in_force(session, REGION)).in_force_from == before
    assert installed(session) == 1


def test_a_region_that_is_not_there_is_named_and_nothing_is_kept(session: Session, data: str) -> None:
    with pytest.raises(Refused, match="还没有地区 210782 北镇市"):
        main([str(PACK), data])
    assert installed(session) == 0


@pytest.mark.usefixtures("region")
def test_every_mistake_of_a_pack_is_told_at_once_with_its_line(session: Session, data: str, pack: Path) -> None:
    edit(pack, "pack.toml", 'name = "北镇市"', 'name = ""')
    edit(pack, "items.csv", "code,name", "code,title")
    (pack / "notes.csv").write_bytes("第一行\n".encode() + b"\xd6\xd0\xce\xc4\n")
    with pytest.raises(CannotStart) as refused:
        main([str(pack), data])
    assert re.search(r"pack\.toml:\d+ 没有填写 name；请填写 name", refused.value.message)
    assert "items.csv:1 表头不对；第一行请写成 code,name" in refused.value.message
    assert "notes.csv:2 不是 UTF-8 文本；请另存为 UTF-8 编码" in refused.value.message
    assert "没有发布" in refused.value.message
    assert refused.value.exit_code != 0
    assert installed(session) == 0


@pytest.mark.parametrize(("name", "words"), [("nowhere", "不存在"), ("file", "不是目录"), ("empty", "不是地区包")])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, data: str, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotStart, match=words):
        main([str(tmp_path / name), data])


def test_a_file_that_vanishes_while_it_is_read_is_named(data: str, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanished(path: Path) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    monkeypatch.setattr(Path, "read_bytes", vanished)
    with pytest.raises(CannotStart, match=r"读不了 .*pack.*没有发布"):
        main([str(pack), data])


def test_a_folder_without_the_platforms_keys_is_refused_before_a_key_is_made(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="审计密钥"):
        main([str(PACK), f"--data={tmp_path}"])
    assert not (tmp_path / "keys").exists()


def test_a_database_of_another_version_is_not_touched(database: Database, data: str) -> None:
    with database.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(CannotStart, match=r"\./bl migrate"):
        main([str(PACK), data])


@pytest.mark.usefixtures("region")
def test_a_first_release_that_passed_already_is_not_proved_again(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proved = Gate(monkeypatch)
    assert main([str(PACK), data]) == 0
    assert proved.asked == []


@pytest.mark.usefixtures("region")
def test_a_first_release_that_nobody_proved_goes_through_the_gate(
    session: Session, data: str, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(pack, "pack.toml", "2026.11", "2026.12")
    proved = Gate(monkeypatch)
    assert main([str(pack), data]) == 0
    assert proved.asked == [in_force(session, REGION)]


@pytest.mark.usefixtures("region")
def test_a_changed_release_goes_through_the_gate_and_what_is_new_is_told(
    session: Session, data: str, pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(PACK), data])
    capsys.readouterr()
    edit(pack, "pack.toml", "2026.11", "2026.12")
    (pack / "notes.csv").write_text("说明\n", encoding="utf-8")
    proved = Gate(monkeypatch)
    assert main([str(pack), data]) == 0
    said = capsys.readouterr().out
    assert "新增 notes.csv\n  修改 pack.toml\n" in said
    assert "3 个场景全部成立" in said
    assert len(proved.asked) == 1
    assert session.get_one(InstalledRelease, in_force(session, REGION)).version == "2026.12"


@pytest.mark.usefixtures("region")
def test_going_back_to_a_proved_release_is_a_change_too(data: str, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main([str(PACK), data])
    edit(pack, "pack.toml", "2026.11", "2026.12")
    proved = Gate(monkeypatch)
    main([str(pack), data])
    main([str(PACK), data])
    assert len(proved.asked) == 2


@pytest.mark.usefixtures("region")
def test_a_failing_scenario_refuses_the_release_and_nothing_changes(
    session: Session, data: str, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main([str(PACK), data])
    before = in_force(session, REGION)
    edit(pack, "pack.toml", "2026.11", "2026.12")
    Gate(monkeypatch, "features/beizhen/a.feature:8《不得》\n  条文 beizhen-10：不得")
    with pytest.raises(CannotStart) as refused:
        main([str(pack), data])
    assert "features/beizhen/a.feature:8《不得》\n  条文 beizhen-10：不得" in refused.value.message
    assert "1 个场景不成立（共 3 个）。没有发布，现行规则未变。" in refused.value.message
    assert refused.value.exit_code == 1
    session.rollback()
    assert in_force(session, REGION) == before
    assert installed(session) == 1
