"""``[cases]`` and ``[[alarms]]``: how long cases live, and where alarms go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from .faults import fault
from .section import Section
from .values import Connect, FilePath, Name, Seconds

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

Days = Annotated[float, Field(gt=0, le=100 * 366)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/\S*)?$", max_length=2048)]


class CaseSettings(Section):
    """``[cases]``."""

    silence_days: Days = 7  # how long a dismissed case stays silent
    keep_days: Days = 400  # cases that are over, and clone records
    suspect_msids: Annotated[int, Field(ge=2, le=1_000_000)] = 20  # in conflict on one pair of MSCs
    suspect_hours: Annotated[float, Field(gt=0, le=31 * 24)] = 24  # within so long


class NamedOutput(Section):
    """What every output has."""

    name: Name


class FileOutput(NamedOutput):
    """JSON lines at the end of a file."""

    kind: Literal["file"]
    file: FilePath


class SyslogOutput(NamedOutput):
    """RFC 5424."""

    kind: Literal["syslog"]
    connect: Connect
    over: Literal["udp", "tcp", "tls"] = "udp"
    facility: Annotated[int, Field(ge=0, le=23)] = 16  # local0
    authority: FilePath | None = None  # None: those that the machine trusts
    certificate: FilePath | None = None  # ours, if the other side wants one
    key: FilePath | None = None

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        found = [
            fault(key, 'only over = "tls" has it', because_of=["over"])
            for key in ("authority", "certificate", "key")
            if getattr(self, key) is not None and self.over != "tls"
        ]
        if (self.key is None) != (self.certificate is None):
            missing, there = ("key", "certificate") if self.key is None else ("certificate", "key")
            found.append(fault(missing, f"is missing: there is a {there}", because_of=[there]))
        return found


class WebOutput(NamedOutput):
    """What is posted to."""

    url: Url
    authority: FilePath | None = None  # None: those that the machine trusts
    authorization: FilePath | None = None  # a file with the header, as in "Bearer abc"
    answer_within_seconds: Seconds = 10


class AlertmanagerOutput(WebOutput):
    """Prometheus' Alertmanager; the URL is that of its own pages."""

    kind: Literal["alertmanager"]


class WebhookOutput(WebOutput):
    """Any URL that takes JSON."""

    kind: Literal["webhook"]


class SnmpOutput(NamedOutput):
    """SNMPv3 informs."""

    kind: Literal["snmp"]
    connect: Connect
    user: Annotated[str, StringConstraints(min_length=1, max_length=32)]  # RFC 3414
    authentication: Literal["sha", "sha256", "sha512"] = "sha256"
    authentication_key: FilePath  # a file with the passphrase
    privacy: Literal["aes128", "aes256"] = "aes128"
    privacy_key: FilePath
    enterprise: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None  # None: netSnmpPlaypen
    answer_within_seconds: Seconds = 2


AlarmOutput = Annotated[
    FileOutput | SyslogOutput | AlertmanagerOutput | WebhookOutput | SnmpOutput,
    Field(discriminator="kind"),
]
