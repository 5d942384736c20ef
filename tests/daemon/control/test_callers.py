"""SO_PEERCRED, and who may change things."""

from __future__ import annotations

import grp
import os
import pwd
import socket

import pytest

from clonewatch.control.callers import Caller, Permissions, caller_of

DAEMON = pwd.getpwnam("daemon")  # a user that every Debian has, and that is nobody here
BIN = grp.getgrnam("bin").gr_gid


def test_the_kernel_says_who_is_there() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        caller = caller_of(ours)
    assert (caller.uid, caller.gid) == (os.geteuid(), os.getegid())
    assert caller.name == pwd.getpwuid(os.geteuid()).pw_name


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> object:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert caller_of(ours).name == str(os.geteuid())


def test_root_and_the_daemons_own_user_may_change_things() -> None:
    nobody_else = Permissions()
    assert nobody_else.may_change(Caller(0, 0, "root"))
    assert nobody_else.may_change(Caller(os.geteuid(), 1, "clonewatch"))


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (Permissions(), False),
        (Permissions(users=("alice", "daemon")), True),
        (Permissions(users=("1",)), False),
        (Permissions(group="daemon"), True),
        (Permissions(group="bin"), False),
        (Permissions(group="no-such-group"), False),
    ],
)
def test_others_may_as_configured(permissions: Permissions, may: bool) -> None:  # noqa: FBT001
    assert permissions.may_change(Caller(DAEMON.pw_uid, DAEMON.pw_gid, "daemon")) is may


def test_a_group_may_be_another_than_the_first() -> None:
    assert Caller(DAEMON.pw_uid, BIN, "daemon").is_in("bin")
    assert not Caller(4_000_000, 4_000_000, "4000000").is_in("bin")
