"""What the live parts are tested with: REGNOTs by hand, a judge over a real record file."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from clonewatch.detector import Conflict, Detector
from clonewatch.evidence.twins import Twins
from clonewatch.live.judge import Judge
from clonewatch.live.twinwatch import TwinWatch
from clonewatch.mscs import Msc, Mscs
from clonewatch.recordfile import Recorder
from fig4 import MSCID_OF, TRAVEL_MS
from is41.answering import Route
from is41.layers import Layer
from is41.link import MessagesReceived
from is41.map.codes import QualificationInformationCode, SystemMyTypeCode
from is41.map.components import invoke_of
from is41.map.messages import RegistrationNotification
from is41.map.values import Esn, Mscid
from is41.mtp.pointcode import PointCode
from is41.scan import Frames
from is41.sccp.addresses import Address
from is41.tcap.codes import PackageType
from is41.tcap.messages import Package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from clonewatch.store.pending import Found

MIN: Final = "6145551234"
OURS, THEIRS = PointCode(5, 1, 1), PointCode(5, 1, 2)
ROUTE: Final = Route(
    layer=Layer.SCCP,
    called=Address(subsystem=8, point_code=OURS),
    calling=Address(subsystem=7, point_code=THEIRS),
    dpc=OURS,
    opc=THEIRS,
)
MSCS: Final = Mscs(
    [
        Msc(mscid=mscid, name=f"MSC {name}")
        for mscid, name in zip(MSCID_OF.tolist(), "ABCDE", strict=True)
    ]
)


def regnot(
    digits: str | None = MIN,
    msc: int = 0,
    *,
    transaction_id: int = 1,
    esn: int = 0x82123456,
    layer: Layer = Layer.SCCP,
    **further: Any,
) -> bytes:
    """Octets of a REGNOT from an MSC of FIG. 6, in a query with permission."""
    mscid = int(MSCID_OF[msc])
    body = RegistrationNotification(
        electronic_serial_number=Esn(esn),
        mobile_identification_number=digits,
        mscid=Mscid(mscid >> 8, mscid & 0xFF),
        qualification_information_code=QualificationInformationCode.VALIDATION_ONLY,
        system_my_type_code=SystemMyTypeCode.LUCENT,
        **further,
    )
    package = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=transaction_id,
        components=(invoke_of(body),),
    )
    return Route(
        layer=layer, called=ROUTE.called, calling=ROUTE.calling, dpc=OURS, opc=THEIRS
    ).write(package)


def received(*messages: bytes, layer: Layer = Layer.SCCP) -> MessagesReceived:
    """Messages as a link tells of them."""
    octets = np.frombuffer(b"".join(messages), np.uint8).copy()
    frames = Frames.empty(len(messages))
    ends = np.cumsum([len(message) for message in messages])
    frames.end[:] = ends
    frames.start[:] = ends - [len(message) for message in messages]
    frames.layer[:] = layer
    return MessagesReceived(octets, frames, len(messages))


class Submitted:
    """A store that remembers."""

    def __init__(self, judged: int = 0) -> None:
        self.judged = judged
        self.conflicts: list[Conflict] = []
        self.twins: list[Twins] = []

    def submit(self, found: Sequence[Found], judged: int) -> bool:
        self.conflicts += [each for each in found if isinstance(each, Conflict)]
        self.twins += [each for each in found if isinstance(each, Twins)]
        self.judged = judged
        return True


class Bench:
    """A judge with a real record file and detector."""

    def __init__(self, directory: Path, *, judged: int = 0, **options: Any) -> None:
        self.written = threading.Event()
        self.told: list[str] = []
        self.record = Recorder(
            directory,
            tell=lambda event: self.told.append(str(event)),
            kept=self.written.set,
            **options,
        )
        self.detector = Detector(TRAVEL_MS, MSCID_OF, subscribers_max=1000, overflow_octets_max=0)
        self.store = Submitted(judged)
        self.found: list[int] = []  # conflicts told at once
        self.judge = Judge(
            self.record,
            self.detector,
            self.store,
            twins=TwinWatch(1000).take,
            found=lambda conflicts: self.found.append(len(conflicts)),
        )


@contextmanager
def bench(directory: Path, **options: Any) -> Iterator[Bench]:
    """A judge, closed at the end."""
    made = Bench(directory, **options)
    try:
        yield made
    finally:
        made.record.close()
