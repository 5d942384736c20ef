"""Outputs, as the configuration asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from clonewatch.config.alarms import (
    AlertmanagerOutput,
    FileOutput,
    SnmpOutput,
    SyslogOutput,
    WebhookOutput,
)

from .jsonlines import JsonLines
from .syslog import Address as SyslogAddress
from .syslog import Syslog, Transport

if TYPE_CHECKING:
    from clonewatch.config.alarms import AlarmOutput, WebOutput

    from .http import Address
    from .output import Output


def made(asked: AlarmOutput) -> Output:
    """The output that is asked for. Files with secrets are read when they are needed."""
    # aiohttp and pysnmp take long to import: only whoever sends by them waits for them.
    match asked:
        case FileOutput():
            return JsonLines(asked.file)
        case SyslogOutput():
            return Syslog(
                SyslogAddress(
                    transport=Transport(asked.over),
                    host=asked.connect.host,
                    port=asked.connect.port,
                    authority=asked.authority,
                    certificate=asked.certificate,
                    key=asked.key,
                    facility=asked.facility,
                )
            )
        case AlertmanagerOutput():
            from .alertmanager import Alertmanager  # noqa: PLC0415

            return Alertmanager(_address(asked))
        case WebhookOutput():
            from .webhook import Webhook  # noqa: PLC0415

            return Webhook(_address(asked))
        case SnmpOutput():
            return _snmp(asked)
        case _:
            assert_never(asked)


def _address(asked: WebOutput) -> Address:
    from .http import Address  # noqa: PLC0415

    return Address(
        url=asked.url,
        authority=asked.authority,
        authorization=asked.authorization,
        timeout_s=asked.answer_within_seconds,
    )


def _snmp(asked: SnmpOutput) -> Output:
    from .snmp import Authentication, Privacy, Receiver, Snmp  # noqa: PLC0415

    return Snmp(
        Receiver(
            host=asked.connect.host,
            port=asked.connect.port,
            user=asked.user,
            authentication=Authentication(asked.authentication),
            authentication_key=asked.authentication_key,
            privacy=Privacy(asked.privacy),
            privacy_key=asked.privacy_key,
            enterprise=asked.enterprise,
            timeout_s=asked.answer_within_seconds,
        )
    )
