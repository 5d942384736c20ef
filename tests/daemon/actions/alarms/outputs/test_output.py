"""What every output is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clonewatch.actions.alarms.outputs.alertmanager import Alertmanager
from clonewatch.actions.alarms.outputs.http import Address
from clonewatch.actions.alarms.outputs.jsonlines import JsonLines
from clonewatch.actions.alarms.outputs.snmp import Receiver, Snmp
from clonewatch.actions.alarms.outputs.syslog import Address as SyslogAddress
from clonewatch.actions.alarms.outputs.syslog import Syslog, Transport
from clonewatch.actions.alarms.outputs.webhook import Webhook

if TYPE_CHECKING:
    from clonewatch.actions.alarms.outputs.output import Output


def test_all_of_them_are() -> None:
    path = Path("x")
    web = Address(url="http://127.0.0.1")
    outputs: list[Output] = [
        JsonLines(path),
        Syslog(SyslogAddress(transport=Transport.UDP, host="127.0.0.1", port=514)),
        Alertmanager(web),
        Webhook(web),
        Snmp(Receiver(host="127.0.0.1", user="x", authentication_key=path, privacy_key=path)),
    ]
    assert all(output.at_once_max >= 1 for output in outputs)
