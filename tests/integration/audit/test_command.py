"""``./bl audit verify`` finds the database of a data folder, whether the platform runs or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.vault import Vault
from database import migrate
from launcher.audit import main
from launcher.claims import DataFolder
from launcher.postgres import OWNER, PrivatePostgres
from launcher.system import DATABASE
from launcher.trouble import CannotStart
from tests.conftest import Database


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.usefixtures("without_settings")
def test_the_private_database_is_verified_while_the_platform_runs_and_when_it_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Vault.open(tmp_path / "keys")
    arguments = ["verify", "--data", str(tmp_path)]
    with PrivatePostgres(tmp_path, durable=False) as server:
        server.create_database(DATABASE)
        migrate.upgrade(server.url(DATABASE, OWNER), server.url(DATABASE))
        running = DataFolder(tmp_path)
        running.claim()
        assert main(arguments) == 0
        running.release()
    assert main(arguments) == 0
    assert capsys.readouterr().out.count("核验通过") == 2


@pytest.mark.usefixtures("without_settings")
def test_a_folder_without_a_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="--data"):
        main(["verify", "--data", str(tmp_path)])
    assert not (tmp_path / "postgres").exists()


def test_a_folder_without_keys_is_refused_and_gets_none(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url)
    with pytest.raises(CannotStart, match="密钥"):
        main(["verify", "--data", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []
