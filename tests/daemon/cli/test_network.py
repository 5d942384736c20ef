"""`lab up`, `lab scenarios` and `lab configure` as one types them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from clonewatch.cli.app import app
from clonewatch.cli.output import Exit
from clonewatch.lab.scenario import shipped

if TYPE_CHECKING:
    from pathlib import Path

runner = CliRunner()


def test_the_scenarios_are_listed() -> None:
    result = runner.invoke(app, ["lab", "scenarios"])
    assert result.exit_code == 0
    assert [
        line.split()[0] for line in result.output.splitlines() if line[:1] not in {"", " "}
    ] == list(shipped())


def test_a_scenario_runs_and_says_what_happens_line_by_line(tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    command = [sys.executable, "-m", "clonewatch", "lab", "up", "--scenario", "fig6"]
    options = ["--speed", "20000", "--for", "2", "--summary", str(summary)]
    result = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
    assert "MSC C       registered   6145551234 82123456" in result.stdout
    assert "10 heard, 10 registered" in result.stderr
    assert json.loads(summary.read_text())["registered"] == 10


def test_json_lines_are_for_programs(tmp_path: Path) -> None:
    options = ["--speed", "20000", "--for", "1", "--json", "--homes", str(tmp_path / "homes.db")]
    result = runner.invoke(app, ["lab", "up", "--scenario", "fig6", *options])
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {"heard", "registered", "cancelled"} <= {line["what"] for line in lines}


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--scenario", "fig99"], Exit.MISCONFIGURED, "cannot be read"),
        (["--scenario", "fig2"], Exit.USAGE, "RVCD B writes groups"),
        (["--to", "localhost:1"], Exit.USAGE, "should be one of tali://"),
        (["--hlr", "tali://localhost"], Exit.USAGE, "HOST:PORT"),
        (["--relay", "A>B=127.0.0.1:1,127.0.0.1:2"], Exit.USAGE, "there is no link A>B"),
        (["--homes", "/proc/none/homes"], Exit.UNREADABLE, "no database of the HLR"),
    ],
)
def test_what_cannot_run_is_explained(options: list[str], code: Exit, says: str) -> None:
    result = runner.invoke(app, ["lab", "up", *options])
    assert result.exit_code == code
    assert says in " ".join(result.output.replace("│", "").split())


def test_a_daemons_files_are_written_and_both_commands_said(tmp_path: Path) -> None:
    result = runner.invoke(
        app, ["lab", "configure", str(tmp_path), "--scenario", "fig6", "--transport", "m3ua"]
    )
    assert result.exit_code == 0
    assert f"clonewatch run -c {tmp_path}/clonewatch.toml" in result.output
    assert '--to "RVCD A=m3ua://127.0.0.1:7001"' in result.output
    assert (tmp_path / "travel.csv").exists()


def test_a_daemon_that_suspends_can_have_tables_of_ones_own(tmp_path: Path) -> None:
    tables = tmp_path / "outputs.toml"
    tables.write_text("[report]\n")
    command = ["lab", "configure", str(tmp_path / "new"), "--scenario", "suspension"]
    result = runner.invoke(app, [*command, "--suspend", "auto", "--add", str(tables)])
    assert result.exit_code == 0
    text = (tmp_path / "new" / "clonewatch.toml").read_text()
    assert text.startswith("# Suspension")
    assert 'mode = "active"' in text
    assert text.endswith('[suspension]\nmode = "auto"\nhlr = "hlr"\n\n[report]\n')


def test_tables_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff")
    for path, code in ((bad, Exit.USAGE), (tmp_path / "none", Exit.UNREADABLE)):
        command = ["lab", "configure", str(tmp_path / "new"), "--add", str(path)]
        assert runner.invoke(app, command).exit_code == code


def test_an_unknown_transport_is_refused(tmp_path: Path) -> None:
    result = runner.invoke(app, ["lab", "configure", str(tmp_path), "--transport", "pigeon"])
    assert result.exit_code == Exit.USAGE


def test_a_daemon_can_stand_between(tmp_path: Path) -> None:
    command = ["lab", "configure", str(tmp_path), "--scenario", "fig6", "--relay"]
    result = runner.invoke(app, command)
    assert result.exit_code == 0
    assert '--relay "MSC D>RVCD A=127.0.0.1:7004,127.0.0.1:7504"' in result.output
