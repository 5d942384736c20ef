"""Clone records (314)."""

from __future__ import annotations

import json
from dataclasses import replace

from clonewatch.clonerecords import CloneRecords, record_id
from clonewatch.detector import Conflict
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Registration

MSCS = Mscs([Msc(mscid=4660 << 8 | 1, name="MSC A"), Msc(mscid=4660 << 8 | 3, name="MSC C")])
TEN = 1_795_341_600_000  # 2026-11-22 10:00 UTC
FIRST = Registration(
    time=TEN, msid=6145551234, esn=0x82123456, msc=0, mscid=4660 << 8 | 1, source=0
)
SECOND = replace(FIRST, time=TEN + 2_700_000, msc=1, mscid=4660 << 8 | 3, source=1)
CONFLICT = Conflict(
    msid=6145551234,
    first=FIRST,
    second=SECOND,
    elapsed_ms=2_700_000,
    travel_time_ms=4_800_000,
    found_at=TEN + 2_700_001,
)


def test_a_clone_record_has_the_form_of_the_design() -> None:
    record = CloneRecords(MSCS, ["a.pcap", "b.pcap"]).record(CONFLICT)
    assert json.loads(json.dumps(record)) == {
        "id": record_id(CONFLICT),
        "msid": "6145551234",
        "first": {
            "time": "2026-11-22T10:00:00.000Z",
            "mscid": "4660-1",
            "msc": "MSC A",
            "esn": "82123456",
            "source": "a.pcap",
        },
        "second": {
            "time": "2026-11-22T10:45:00.000Z",
            "mscid": "4660-3",
            "msc": "MSC C",
            "esn": "82123456",
            "source": "b.pcap",
        },
        "elapsed_s": 2700.0,
        "travel_time_s": 4800.0,
        "detected_at": "2026-11-22T10:45:00.001Z",
        "superseded": False,
    }


def test_the_identity_is_of_the_msid_both_times_and_both_mscs() -> None:
    same = replace(CONFLICT, superseded=True, travel_time_ms=1, first=replace(FIRST, esn=1))
    assert record_id(same) == record_id(CONFLICT)
    others = [
        replace(CONFLICT, msid=1),
        replace(CONFLICT, first=replace(FIRST, time=TEN - 1)),
        replace(CONFLICT, second=replace(SECOND, time=TEN)),
        replace(CONFLICT, first=replace(FIRST, mscid=1)),
        replace(CONFLICT, second=replace(SECOND, mscid=1)),
    ]
    assert len({record_id(conflict) for conflict in [CONFLICT, *others]}) == 1 + len(others)
