"""``./bl calendar`` shows a region's years, previews a notice and publishes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.regions import create_region
from audit.vault import Vault
from errors import Refused
from launcher.calendar import main
from launcher.trouble import CannotStart
from processes.models import CalendarNotice
from tests.conftest import Database

NOTICE = "year,days,kind\n2027,2027-01-01,off\n2027,2027-10-01,off\n2027,2027-10-09,on\n"


@pytest.fixture(autouse=True)
def given_database(database: Database, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find this test's database as a deployment names it; there is one region."""
    monkeypatch.setenv("DATABASE_URL", database.url.replace("postgresql+psycopg://", "postgresql://"))
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    create_region(session, None, code="210782", name="北镇市", parent_code=None, now=database.now)
    session.commit()


@pytest.fixture
def data(vault: Vault, data_folder: Path) -> str:
    """The option that names the platform's data folder."""
    return f"--data={data_folder}"


@pytest.fixture
def notice(tmp_path: Path) -> str:
    """The arrangement of 2027 as a file."""
    path = tmp_path / "2027.csv"
    path.write_text(NOTICE, encoding="utf-8")
    return str(path)


def test_a_preview_publishes_nothing_and_publication_says_its_version(
    session: Session, data: str, notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", notice, data]) == 0
    assert "什么也没有改变" in capsys.readouterr().out
    assert session.scalars(select(CalendarNotice)).all() == []

    assert main(["publish", notice, "--source", "国办发明电〔2026〕8号", data]) == 0
    assert "日历版本 1" in capsys.readouterr().out
    (row,) = session.scalars(select(CalendarNotice))
    assert (row.year, row.region_code, row.days["on"]) == (2027, None, ["2027-10-09"])


def test_the_years_of_a_region_are_shown_with_those_that_are_guessed(
    data: str, notice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["publish", notice, "--region=210782", "--source", "北政发〔2026〕1号", data])
    capsys.readouterr()
    assert main(["show", "--region=210782", data]) == 0
    shown = capsys.readouterr().out
    assert "2026 年：随平台自带" in shown
    assert "2027 年：版本 1，北政发〔2026〕1号" in shown
    assert "2028 年：尚未公布" in shown


def test_a_wrong_file_is_refused_with_the_place_of_every_mistake(data: str, tmp_path: Path) -> None:
    path = tmp_path / "2027.csv"
    path.write_text(NOTICE + "2027,2027-13-01,off\n2027,2027-10-11,on,x\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        main(["publish", str(path), "--source=x", data])
    assert "第 5 行" in refused.value.message
    assert "第 6 行" in refused.value.message
    with pytest.raises(CannotStart, match=r"不是 \.csv"):
        main(["preview", str(tmp_path / "2027.xlsx"), data])


def test_publishing_without_a_source_is_a_mistake_of_the_command_line(notice: str, data: str) -> None:
    with pytest.raises(SystemExit):
        main(["publish", notice, data])
