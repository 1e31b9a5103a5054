"""The permissions file says what it means, and the roles are the glossary's."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.passwords import check_password, random_password
from accounts.roles import ROLES, Scope, combine, load_roles

ADMINISTRATORS = {"system_administrator", "security_administrator", "audit_administrator"}


def test_every_role_of_the_domain_is_there() -> None:
    assert set(ROLES) == ADMINISTRATORS | {
        "applicant",
        "window_clerk",
        "lead_officer",
        "officer",
        "department_head",
        "supervisor",
        "general_administration",
        "process_administrator",
        "provincial_supervisor",
        "api_client",
    }


def test_the_administrators_stand_alone_and_do_no_business() -> None:
    assert {name for name, role in ROLES.items() if role.alone} == ADMINISTRATORS
    for name in ADMINISTRATORS:
        assert not {"task.work", "project.write", "stage_case.start"} & set(ROLES[name].grants)


def test_no_two_administrators_share_a_right_to_change() -> None:
    shared = {
        right
        for name in ADMINISTRATORS
        for right in ROLES[name].grants
        if sum(right in ROLES[other].grants for other in ADMINISTRATORS) > 1 and not right.endswith(".read")
    }
    assert shared == {"appointment.write", "audit.erase"}  # the first appointments; erasing needs two persons


def test_only_the_audit_administrator_reads_the_audit() -> None:
    assert {name for name, role in ROLES.items() if "audit.read" in role.grants} == {"audit_administrator"}


def test_the_widest_scope_of_several_roles_counts() -> None:
    assert combine(("officer", "supervisor"))["project.read"] is Scope.REGION
    assert combine(("officer", "unknown")) == combine(("officer",))


def test_a_file_that_widens_what_it_does_not_grant_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "permissions.toml"
    file.write_text('[r]\ntitle="r"\nscope="own"\nat=[]\npermissions=["a"]\nwider={b="all"}\n')
    with pytest.raises(ValueError, match="wider"):
        load_roles(file)


def test_random_passwords_fit_the_policy() -> None:
    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_password(password, "somebody")
