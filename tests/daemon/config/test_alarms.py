"""``[cases]`` and ``[[alarms]]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.cases.policy import DEFAULT
from clonewatch.config.alarms import CaseSettings
from configuration import LEARN, faults, loaded

if TYPE_CHECKING:
    from pathlib import Path

FILE = '[[alarms]]\nname = "log"\nkind = "file"\nfile = "alarms.jsonl"\n'
SYSLOG = '[[alarms]]\nname = "host"\nkind = "syslog"\nconnect = "192.0.2.1:514"\n'
WEB = '[[alarms]]\nname = "web"\nkind = "webhook"\n'
SNMP = '[[alarms]]\nname = "noc"\nkind = "snmp"\nconnect = "192.0.2.1:162"\nuser = "u"\n'


def test_cases_live_by_default_as_they_do_without_a_configuration() -> None:
    settings = CaseSettings()
    for name in CaseSettings.model_fields:
        assert getattr(settings, name) == getattr(DEFAULT, name)


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    (output,) = loaded(tmp_path, LEARN, FILE).alarms
    assert output.kind == "file"
    assert output.file == tmp_path / "alarms.jsonl"


def test_each_output_has_a_name_of_its_own(tmp_path: Path) -> None:
    twice = FILE.replace("alarms.jsonl", "other")
    assert faults(tmp_path, LEARN, FILE, twice) == {
        "alarms[1].name": "'log' is also alarms[0].name"
    }


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        (SYSLOG + 'authority = "x"', "authority", 'only over = "tls" has it'),
        (
            SYSLOG + 'over = "tls"\ncertificate = "x"',
            "key",
            "is missing: there is a certificate",
        ),
        (SYSLOG + 'over = "tls"\nkey = "x"', "certificate", "is missing: there is a key"),
        (WEB + 'url = "ftp://x"', "url", "should match"),
        (WEB, "url", "is missing"),
        (SNMP + 'authentication_key = "a"', "privacy_key", "is missing"),
        (SNMP.replace(":162", ""), "connect", "should be HOST:PORT"),
        (FILE.replace('"file"', '"mail"', 1), "kind", "mail"),
    ],
)
def test_a_fault_is_told_with_its_key(tmp_path: Path, lines: str, key: str, words: str) -> None:
    found = faults(tmp_path, LEARN, lines)
    told = {name.removeprefix("alarms[0]").lstrip("."): said for name, said in found.items()}
    assert words in told.get(key, told.get("", str(found)))
