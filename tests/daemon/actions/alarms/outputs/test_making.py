"""Outputs, as the configuration asks for them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from clonewatch.actions.alarms.outputs.alertmanager import Alertmanager
from clonewatch.actions.alarms.outputs.jsonlines import JsonLines
from clonewatch.actions.alarms.outputs.making import made
from clonewatch.actions.alarms.outputs.snmp import Snmp
from clonewatch.actions.alarms.outputs.syslog import Syslog
from clonewatch.actions.alarms.outputs.webhook import Webhook
from configuration import LEARN, loaded

EXAMPLE: Final = Path(__file__).parents[5] / "systemd" / "clonewatch.toml"


def test_every_output_of_the_example_can_be_made(tmp_path: Path) -> None:
    tables = re.findall(r"^# \[\[alarms\]\]\n(?:# .*\n)+", EXAMPLE.read_text("utf-8"), re.MULTILINE)
    config = loaded(
        tmp_path, LEARN, *(re.sub("^# ", "", table, flags=re.MULTILINE) for table in tables)
    )
    kinds = [type(made(output)) for output in config.alarms]
    assert kinds == [JsonLines, Syslog, Alertmanager, Webhook, Snmp]
