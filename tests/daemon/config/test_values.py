"""Kinds of values: what they take, what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from clonewatch.addresses import Address
from clonewatch.config import values
from clonewatch.config.values import SystemdSocket
from is41.mtp.pointcode import PointCode


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (values.Listen, "0.0.0.0:1998", Address("0.0.0.0", 1998)),  # noqa: S104
        (values.Listen, "127.0.0.1:0", Address("127.0.0.1", 0)),
        (values.Listen, "systemd:rvcd-a", SystemdSocket("rvcd-a")),
        (values.Connect, "[2001:db8::1]:2905", Address("2001:db8::1", 2905)),
        (values.Connect, "rvcd.example:5000", Address("rvcd.example", 5000)),
        (values.SignallingPoint, "10-20-1", PointCode(10, 20, 1)),
        (values.Mscid, "4660-1", 4660 << 8 | 1),
        (values.Octets, "C0 00 00 00", b"\xc0\0\0\0"),
        (values.Digits, "31104", "31104"),
    ],
)
def test_it_is_read_and_taken_as_it_is(kind: Any, text: str, value: object) -> None:
    adapter = TypeAdapter(kind)
    assert adapter.validate_python(text) == value
    if kind is not values.Mscid:
        assert adapter.validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (values.Listen, 1998),
        (values.Listen, "host:65536"),
        (values.Listen, "systemd:"),
        (values.Listen, "systemd:a:b"),
        (values.Connect, "host:0"),
        (values.Connect, "systemd:a"),
        (values.SignallingPoint, "10-20"),
        (values.SignallingPoint, 7),
        (values.Mscid, 4660),
        (values.Mscid, "4660-256"),
        (values.Octets, "C"),
        (values.Octets, 12),
        (values.Name, ""),
        (values.Name, "a\n"),
        (values.Name, "ä"),
        (values.Name, "-a"),
        (values.Digits, "12a"),
        (values.FilePath, ""),
        (values.FilePath, "a\0b"),
        (values.FilePath, 7),
    ],
)
def test_it_is_refused(kind: Any, wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(wrong)


def test_a_systemd_socket_prints_as_it_is_written() -> None:
    assert str(SystemdSocket("rvcd-a")) == "systemd:rvcd-a"


def test_a_path_is_from_the_folder_of_the_context() -> None:
    adapter = TypeAdapter(values.FilePath)
    assert adapter.validate_python("a/b", context={"folder": Path("/etc")}) == Path("/etc/a/b")
    assert adapter.validate_python("/a", context={"folder": Path("/etc")}) == Path("/a")
    assert adapter.validate_python("a") == Path("a")
