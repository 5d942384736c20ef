"""Groups are whole when they stand in the spool, and clonewatch reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.lab.nodes.groups import Groups
from clonewatch.lab.nodes.rvcd import Copy
from clonewatch.mscs import Msc, Mscs
from clonewatch.sources.records import read_records
from clonewatch.sources.spool.names import start_of
from is41.layers import Layer
from is41.map.components import invoke_of
from is41.map.messages import RegistrationNotification
from is41.map.values import Esn, Mscid
from is41.reading import read
from is41.tcap.codes import PackageType
from is41.tcap.messages import Abort, Package

if TYPE_CHECKING:
    from pathlib import Path

NOON_MS: Final = 1_795_348_800_000
HALF_HOUR_MS: Final = 1_800_000


def copy(number: int, mscid: Mscid | None = Mscid(4660, 1)) -> Copy:  # noqa: B008
    body = RegistrationNotification(
        mobile_identification_number="6145551234",
        electronic_serial_number=Esn(0x82123456),
        mscid=mscid,
    )
    octets = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=number,
        components=(invoke_of(body),),
    ).encode()
    return Copy(octets, Layer.TCAP, read(octets, Layer.TCAP), body)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_group_is_written_when_it_is_over(tmp_path: Path) -> None:
    groups = Groups(tmp_path, HALF_HOUR_MS)
    assert groups.next_at_ms() is None
    groups.take(copy(1), NOON_MS + 5)
    groups.take(copy(2), NOON_MS + HALF_HOUR_MS - 1)
    assert groups.next_at_ms() == NOON_MS + HALF_HOUR_MS
    assert names(tmp_path) == []
    groups.take(copy(3), NOON_MS + HALF_HOUR_MS)
    assert names(tmp_path) == ["20261122T120000Z.csv"]
    assert start_of("20261122T120000Z.csv") == NOON_MS
    groups.close()
    assert names(tmp_path) == ["20261122T120000Z.csv", "20261122T123000Z.csv"]
    groups.close()
    assert groups.groups_written == 2


def test_clonewatch_reads_what_was_written(tmp_path: Path) -> None:
    groups = Groups(tmp_path, HALF_HOUR_MS)
    groups.take(copy(0xFFFF_FFFF), NOON_MS + 5)
    groups.close()
    mscs = Mscs([Msc(mscid=4660 << 8 | 1, name="MSC A")])
    refused: list[str] = []
    (batch,) = read_records(
        tmp_path / "20261122T120000Z.csv",
        0,
        mscs,
        refuse=lambda reason, _line, _detail: refused.append(reason),
    )
    (registration,) = batch.registrations()
    assert refused == []
    assert (registration.time, registration.msid) == (NOON_MS + 5, 6145551234)
    assert (registration.esn, registration.transaction_id) == (0x82123456, 0xFFFF_FFFF)
    assert registration.msc == 0


def test_an_empty_group_is_written_too(tmp_path: Path) -> None:
    groups = Groups(tmp_path, HALF_HOUR_MS)
    groups.turn(NOON_MS)
    groups.turn(NOON_MS + 2 * HALF_HOUR_MS)
    assert names(tmp_path) == ["20261122T120000Z.csv", "20261122T123000Z.csv"]
    assert (tmp_path / "20261122T120000Z.csv").read_text() == "time,min,esn,mscid,transaction_id\n"


def test_what_cannot_be_a_row_is_counted(tmp_path: Path) -> None:
    groups = Groups(tmp_path, HALF_HOUR_MS, rows_max=1)
    groups.take(copy(1, mscid=None), NOON_MS)
    abort = Abort(responding_id=1, cause=1).encode()
    groups.take(copy(1)._replace(reading=read(abort, Layer.TCAP)), NOON_MS)
    assert groups.rows_lost == 1
    groups.take(copy(1), NOON_MS)
    groups.take(copy(2), NOON_MS)
    assert groups.rows_lost == 2
