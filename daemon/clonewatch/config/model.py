"""The whole configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from pydantic_settings import BaseSettings, SettingsConfigDict

from clonewatch.control.where import control_socket

from .alarms import AlarmOutput, CaseSettings
from .links import Link
from .sections import (
    Control,
    LogSettings,
    MetricsSettings,
    Mode,
    RecordFileSettings,
    RefusedSettings,
    RegnotSettings,
    ReportSettings,
    Sniffer,
    Spool,
    Tables,
    WindowSettings,
)
from .suspension import SuspensionSettings
from .values import HOUR_MS, MINUTE_MS, FilePath

if TYPE_CHECKING:
    from .links import M3uaLink, TaliLink, XotLink

    Source: TypeAlias = TaliLink | XotLink | M3uaLink | Spool | Sniffer

STATE_DIRECTORY: Final = Path("/var/lib/clonewatch")


class Config(BaseSettings):
    """What the TOML file says; `loading.load` makes it.

    CLONEWATCH_MODE, CLONEWATCH_LOG__LEVEL and so on in the environment stand above the file.
    """

    model_config = SettingsConfigDict(
        env_prefix="CLONEWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    mode: Mode = Mode.TEST
    state_directory: FilePath = STATE_DIRECTORY
    tables: Tables = Tables()
    window: WindowSettings = WindowSettings()
    regnots: RegnotSettings = RegnotSettings()
    record_file: RecordFileSettings = RecordFileSettings()
    links: tuple[Link, ...] = ()
    spools: tuple[Spool, ...] = ()
    sniffers: tuple[Sniffer, ...] = ()
    cases: CaseSettings = CaseSettings()
    alarms: tuple[AlarmOutput, ...] = ()
    suspension: SuspensionSettings = SuspensionSettings()
    control: Control = Control()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
    refused: RefusedSettings = RefusedSettings()
    report: ReportSettings = ReportSettings()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where registrations come from; the place of each is its number."""
        return (*(link for link in self.links if link.is_source), *self.spools, *self.sniffers)

    @property
    def window_ms(self) -> int:
        """How long registrations are remembered."""
        return round(self.window.hours * HOUR_MS)

    def lateness_ms(self, source: Source) -> int:
        """How late a source may deliver."""
        own = source.lateness_minutes
        return round((self.window.lateness_minutes if own is None else own) * MINUTE_MS)

    @property
    def settle_ms(self) -> int:
        """How long a suspension waits for what may acquit the subscriber."""
        if self.window.settle_minutes is not None:
            return round(self.window.settle_minutes * MINUTE_MS)
        latenesses = [self.lateness_ms(source) for source in self.sources]
        return max(latenesses, default=round(self.window.lateness_minutes * MINUTE_MS))

    @property
    def record_directory(self) -> Path:
        """Where the record file lies."""
        return self.record_file.directory or self.state_directory / "records"

    @property
    def refused_file(self) -> Path:
        """Where messages are kept that could not be decoded."""
        return self.refused.file or self.state_directory / "refused.pcap"

    @property
    def report_directory(self) -> Path:
        """Where reports are written."""
        return self.report.directory or self.state_directory / "reports"

    @property
    def store_file(self) -> Path:
        """Clone records, cases, alarms."""
        return self.state_directory / "clonewatch.sqlite"

    @property
    def control_socket(self) -> Path:
        """Where the daemon is asked."""
        return self.control.socket or control_socket()
