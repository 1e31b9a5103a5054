"""Whatever a superuser does to the audit, verification names it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from audit import report, seal
from audit.erase import erased_places
from audit.findings import Finding
from launcher.audit import main
from tests.integration.audit.conftest import CODES, History

ONE, TWO, THREE = CODES
IN_STREAM = f"stream_kind = 'regions' AND stream_id = '{TWO}'"


def of_two(code: str, sequence: int = 0, until: int = 0) -> Finding:
    return Finding(code, "regions", TWO, sequence, until)


def test_an_untouched_audit_is_intact_and_its_unsealed_window_is_named(history: History) -> None:
    found = report.verify_database(history.database.url, history.data)
    assert found.findings == []
    assert (found.entries, found.streams, found.seals, found.unsealed) == (15, 3, 2, 3)
    assert found.unsealed_since is not None
    assert any("尚未封印 3 条" in line for line in report.lines(found))


def test_what_is_sealed_while_it_is_verified_is_no_trace(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    def and_the_platform_goes_on(session: Session) -> frozenset[bytes]:
        found = erased_places(session)  # with this the snapshot is taken
        for _ in range(2):
            history.grow()
            history.seal()
        return found

    monkeypatch.setattr("audit.verify.erased_places", and_the_platform_goes_on)
    found = report.verify_database(history.database.url, history.data)

    assert found.findings == []
    assert (found.entries, found.seals) == (15, 2)


@pytest.mark.parametrize(
    "change",
    [
        "action = 'region.create_other'",
        "actor_id = gen_random_uuid()",
        "address = '10.0.0.1'",
        "object_id = 'another'",
        "result = 'refused'",
        "effective_at = effective_at - interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 day'",
        "digest = sha256('other')",
        "hash = sha256('other')",
    ],
)
def test_an_entry_that_was_changed_is_named(history: History, change: str) -> None:
    history.tamper(f"UPDATE audit_entries SET {change} WHERE {IN_STREAM} AND sequence = 3")
    assert history.found() == {of_two("changed", 3)}


def test_changed_details_are_named(history: History) -> None:
    history.tamper(
        "UPDATE audit_entries SET details = set_byte(details, 100, get_byte(details, 100) # 1) "
        f"WHERE {IN_STREAM} AND sequence = 3"
    )
    assert history.found() == {of_two("details_changed", 3)}


def test_details_exchanged_between_entries_are_named(history: History) -> None:
    other = f"SELECT details FROM audit_entries WHERE {IN_STREAM} AND sequence = 2"
    history.tamper(f"UPDATE audit_entries SET details = ({other}) WHERE {IN_STREAM} AND sequence = 3")
    assert history.found() == {of_two("details_changed", 3)}


def test_details_removed_without_two_persons_are_named(history: History) -> None:
    history.tamper(f"UPDATE audit_entries SET details = NULL WHERE {IN_STREAM} AND sequence = 3")
    assert history.found() == {of_two("details_removed", 3)}


def test_a_removed_entry_is_named(history: History) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM} AND sequence IN (2, 3)")
    assert history.found() == {of_two("removed", 2, 3)}


def test_a_removed_entry_is_named_though_the_rest_was_numbered_anew(history: History) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM} AND sequence = 2")
    history.tamper(f"UPDATE audit_entries SET sequence = -sequence + 1 WHERE {IN_STREAM} AND sequence > 2")
    history.tamper(f"UPDATE audit_entries SET sequence = -sequence WHERE {IN_STREAM} AND sequence < 0")
    assert of_two("removed", 2, 2) in history.found()


def test_an_inserted_entry_is_named(history: History) -> None:
    history.tamper(f"UPDATE audit_entries SET sequence = -sequence - 1 WHERE {IN_STREAM} AND sequence > 2")
    history.tamper(f"UPDATE audit_entries SET sequence = -sequence WHERE {IN_STREAM} AND sequence < 0")
    columns = "actor_id, address, action, result, object_type, object_id, effective_at, recorded_at, digest, details"
    history.tamper(
        f"INSERT INTO audit_entries (stream_kind, stream_id, sequence, hash, {columns}) "
        f"SELECT stream_kind, stream_id, 3, sha256('forged'), {columns} FROM audit_entries "
        f"WHERE {IN_STREAM} AND sequence = 1"
    )
    found = history.found()
    assert of_two("inserted", 3) in found
    assert not {finding.code for finding in found} & {"changed", "removed", "reordered"}


def test_an_entry_put_at_the_tail_is_named(history: History) -> None:
    columns = "actor_id, address, action, result, object_type, object_id, effective_at, recorded_at, digest, details"
    history.tamper(
        f"INSERT INTO audit_entries (stream_kind, stream_id, sequence, hash, {columns}) "
        f"SELECT stream_kind, stream_id, 6, sha256('forged'), {columns} FROM audit_entries "
        f"WHERE {IN_STREAM} AND sequence = 1"
    )
    assert of_two("inserted", 6) in history.found()


def test_entries_in_another_order_are_named(history: History) -> None:
    history.tamper(f"UPDATE audit_entries SET sequence = -sequence WHERE {IN_STREAM} AND sequence IN (2, 4)")
    history.tamper(f"UPDATE audit_entries SET sequence = 6 + sequence WHERE {IN_STREAM} AND sequence < 0")
    assert {of_two("reordered", 2), of_two("reordered", 4)} <= history.found()
    assert history.codes() == {"reordered"}


@pytest.mark.parametrize("owner_too", [False, True])
def test_a_tail_that_was_cut_is_named(history: History, owner_too: bool) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM} AND sequence > 2")
    if owner_too:
        history.recompute(TWO)
    assert history.found() == {of_two("cut", 2, 4 if owner_too else 5)}


def test_a_cut_inside_the_unsealed_window_shows_at_the_row_that_heads_the_stream(history: History) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM} AND sequence = 5")
    assert history.found() == {of_two("cut", 4, 5)}


@pytest.mark.parametrize("owner_too", [False, True])
def test_a_stream_that_was_dropped_is_named(history: History, owner_too: bool) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM}")
    if owner_too:
        history.tamper(f"UPDATE regions SET audit_sequence = 0, audit_hash = '' WHERE code = '{TWO}'")
    assert history.found() == {of_two("dropped", 0, 4 if owner_too else 5)}


def test_a_business_row_that_was_deleted_is_named(history: History) -> None:
    history.tamper(f"DELETE FROM regions WHERE code = '{TWO}'")
    assert history.found() == {of_two("owner_gone", 5)}


def test_a_stream_recomputed_without_the_key_is_named(history: History) -> None:
    history.tamper(f"UPDATE audit_entries SET action = 'region.nothing' WHERE {IN_STREAM} AND sequence = 2")
    history.recompute(TWO)
    assert history.found() == {of_two("recomputed", 2)}


def test_seals_recomputed_with_another_key_are_named(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.tamper(f"UPDATE audit_entries SET action = 'region.nothing' WHERE {IN_STREAM} AND sequence = 2")
    history.recompute(TWO)
    history.tamper("DELETE FROM audit_seal_heads; DELETE FROM audit_seals")
    other = Ed25519PrivateKey.generate()
    monkeypatch.setattr(seal, "seal_key", lambda _folder: other)
    history.seal()
    codes = history.codes()
    assert {"seal_changed", "seal_removed", "root_file"} <= codes


@pytest.mark.parametrize(("number", "until"), [(1, 1), (2, 2)])
def test_a_removed_seal_is_named(history: History, number: int, until: int) -> None:
    history.tamper(f"DELETE FROM audit_seal_heads WHERE seal_number = {number}")
    history.tamper(f"DELETE FROM audit_seals WHERE number = {number}")
    assert Finding("seal_removed", sequence=number, until=until) in history.found()


@pytest.mark.parametrize("change", ["sealed_at = sealed_at + interval '1 s'", "settled_id = 1000", "root = sha256('')"])
def test_a_changed_seal_is_named(history: History, change: str) -> None:
    history.tamper(f"UPDATE audit_seals SET {change} WHERE number = 1")
    assert Finding("seal_changed", sequence=1) in history.found()


def test_a_stream_taken_out_of_its_seals_is_named(history: History) -> None:
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM}; DELETE FROM audit_seal_heads WHERE {IN_STREAM}")
    history.tamper(f"DELETE FROM regions WHERE code = '{TWO}'")
    assert history.found() == {Finding("seal_heads", sequence=1), Finding("seal_heads", sequence=2)}


def test_a_root_file_that_does_not_agree_is_named(history: History) -> None:
    lines = history.root_file.read_bytes().splitlines(keepends=True)
    history.root_file.write_bytes(lines[0].replace(b'"root":"', b'"root":"0') + lines[1])
    assert history.found() == {Finding("root_file", sequence=1)}


def test_a_line_taken_out_of_the_root_file_is_named(history: History) -> None:
    lines = history.root_file.read_bytes().splitlines(keepends=True)
    history.root_file.write_bytes(lines[1])
    assert history.found() == {Finding("root_file", sequence=1)}


def test_a_missing_root_file_is_named(history: History) -> None:
    history.root_file.unlink()
    assert history.found() == {Finding("root_file_removed", sequence=0, until=2)}


def test_the_command_prints_what_it_found_and_exits_with_one(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", history.database.url)
    arguments = ["verify", "--data", str(history.data)]
    assert main(arguments) == 0
    assert "核验通过" in capsys.readouterr().out
    history.tamper(f"DELETE FROM audit_entries WHERE {IN_STREAM} AND sequence = 3")
    assert main(arguments) == 1
    assert f"审计流 regions/{TWO} 第 3 条至第 3 条被删除" in capsys.readouterr().out
