"""The captures of `pcaps/`: small, made here message by message, each with what it shows.

FIG. 6 of the patent and both sides of every edge of the rule; the same over each carrier; and all
that must not be counted as a registration.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clonewatch.lab.carriers import Message as Carried
from clonewatch.lab.carriers import WrappedCapture, Wrapping, file_name
from clonewatch.lab.pcaps import LinkType, write_pcap
from is41.map.codes import QualificationInformationCode, SystemMyTypeCode
from is41.map.components import invoke_of, parameter_set
from is41.map.messages import (
    AuthenticationFailureReport,
    BulkDeregistration,
    QualificationRequest,
    RegistrationCancellation,
    RegistrationNotification,
    RegistrationNotificationResult,
)
from is41.map.parameters import Parameter, Parameters
from is41.map.tags import ParameterTag as Name
from is41.map.values import Authorization, Esn, Mscid
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from is41.sccp.addresses import Address
from is41.sccp.codes import MessageType, ReturnCause, Subsystem
from is41.sccp.messages import Unitdata, UnitdataService
from is41.sccp.parts import OptionalParameter
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from is41.tcap.codes import PackageType, ParameterTag
from is41.tcap.messages import Abort, Invoke, Package, ParameterSet, Reject, ReturnResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


MSCS_CSV: Final = """\
mscid,name,point_code
4660-1,MSC A,10-20-1
4660-2,MSC B,10-20-2
4660-3,MSC C,10-20-3
4660-4,MSC D,10-20-4
4660-5,MSC E,10-20-5
"""
TRAVEL_CSV: Final = """\
# FIG. 6 of US patent 6,370,373: A and C are 80 minutes apart; 0 says that two areas touch.
# D is 120 minutes from A. E, added here, is further than the window of 6.5 h is wide.
minutes,MSC A,MSC B,MSC C,MSC D,MSC E
MSC A,0,0,80,120,480
MSC B,0,0,0,90,480
MSC C,80,0,0,0,480
MSC D,120,90,0,0,480
MSC E,480,480,480,480,0
"""
HLR: Final = Address(subsystem=Subsystem.HLR, point_code=PointCode(10, 20, 40))
MARKET: Final = 4660
UNKNOWN_SWITCH: Final = 99
DAY: Final = datetime(2026, 11, 22, tzinfo=UTC)
SECOND_US: Final = 1_000_000


class Heard(NamedTuple):
    """One registration of a scene: a phone heard at a switch."""

    at: str  # HH:MM:SS of the day
    switch: str  # the letter of the MSC
    mobile_number: str  # MIN
    what: str  # what it shows


# fmt: off
FIG6: Final = (
    Heard("10:00:00", "A", "6145551234", "MIN X at MSC A"),
    Heard("10:00:00", "A", "6145550080", "at A; 80 minutes later at C"),
    Heard("10:00:00", "A", "6145550119", "at A; 119 minutes later at D"),
    Heard("10:00:00", "A", "6145550121", "at A; 121 minutes later at D"),
    Heard("10:00:00", "A", "6145550001", "at A; one second later at B"),
    Heard("10:00:00", "A", "6145550390", "at A; 6.5 hours later at E"),
    Heard("10:00:00", "A", "6145550391", "at A; 6.5 hours and one second later at E"),
    Heard("10:00:01", "B", "6145550001", "B touches A: honest"),
    Heard("10:45:00", "C", "6145551234", "45 of 80 minutes: a clone, as the patent has it"),
    Heard("11:20:00", "C", "6145550080", "exactly 80 minutes: honest"),
    Heard("11:59:00", "D", "6145550119", "119 of 120 minutes: a clone"),
    Heard("12:01:00", "D", "6145550121", "121 of 120 minutes: honest"),
    Heard("16:30:00", "E", "6145550390", "390 of 480 minutes, just inside the window: a clone"),
    Heard("16:30:01", "E", "6145550391", "outside the window: not compared"),
)
# fmt: on
FIG6_CLONES: Final = ("6145551234", "6145550119", "6145550390")

# fmt: off
WRAPPED: Final = {
    Wrapping.TCAP:          "TCAP alone, in user link type 147; needs `--linktype 147=tcap`",
    Wrapping.MTP2:          "MTP2 (link type 140)",
    Wrapping.MTP2_EXTENDED: "MTP2 of high-speed links, sequence numbers of 12 bits",
    Wrapping.MTP2_PSEUDO:   "MTP2 with pseudo-header (139)",
    Wrapping.M3UA:          "M3UA on SCTP on raw IP (101)",
    Wrapping.M3UA_PIECES:   "M3UA on SCTP, each message in pieces",
    Wrapping.M3UA_TCP:      "M3UA on TCP, port 2905",
    Wrapping.M2UA:          "M2UA on SCTP",
    Wrapping.M2PA:          "M2PA on SCTP",
    Wrapping.SUA:           "SUA on SCTP, TCAP without SCCP",
    Wrapping.XOT:           "TCAP in X.25 on TCP (XOT), joined by the M bit",
    Wrapping.XOT_128:       "likewise, modulo 128",
    Wrapping.COOKED:        "M3UA, captured as Linux cooked (113)",
    Wrapping.COOKED_2:      "M3UA, captured as Linux cooked, version 2 (276)",
    Wrapping.VLAN:          "TALI on Ethernet with two VLAN tags",
    Wrapping.IPV6:          "TALI on IPv6 with a hop-by-hop header",
    Wrapping.FRAGMENTS:     "M3UA on SCTP in fragments of IPv4, the last first",
    Wrapping.FRAGMENTS_6:   "TALI in fragments of IPv6",
    Wrapping.PCAPNG:        "M3UA in a pcapng file",
    Wrapping.GZIP:          "MTP3, the file gzipped",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Scene:
    """A capture: its name, what it shows, its packets with their times."""

    name: str
    shows: str
    link_type: LinkType
    times_us: tuple[int, ...]
    packets: tuple[bytes, ...]


def scenes() -> list[Scene]:
    """Make every capture of `pcaps/`."""
    heard = [_unitdata(_regnot(heard, number)) for number, heard in enumerate(FIG6, 1)]
    times = tuple(_time_us(row.at) for row in FIG6)
    clones = "Clone records: 3 (" + ", ".join(FIG6_CLONES) + ")."
    return [
        Scene(
            "fig6-mtp3",
            f"FIG. 6 and the edges of the rule, ANSI MTP3. {clones}",
            LinkType.MTP3,
            times,
            tuple(_msu(row, message) for row, message in zip(FIG6, heard, strict=True)),
        ),
        Scene(
            "fig6-sccp",
            f"The same, SCCP without point codes outside. {clones}",
            LinkType.SCCP,
            times,
            tuple(heard),
        ),
        _tali_scene(heard, times, clones),
        _not_counted(),
    ]


def write_scenes(folder: Path) -> None:
    """Write every capture, the tables they are judged by, and a page that describes them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mscs.csv").write_text(MSCS_CSV, encoding="utf-8")
    (folder / "travel.csv").write_text(TRAVEL_CSV, encoding="utf-8")
    lines = [
        "# Captures made by this project",
        "",
        "Written by `clonewatch lab pcaps FOLDER`; all subscribers are 555 numbers. Judge them by",
        "`clonewatch replay CAPTURE --travel travel.csv --mscs mscs.csv`.",
        "",
        "| capture | packets | what it shows |",
        "| --- | --- | --- |",
    ]
    for scene in scenes():
        path = folder / f"{scene.name}.pcap"
        write_pcap(path, scene.link_type, scene.times_us, scene.packets)
        lines.append(f"| {path.name} | {len(scene.packets)} | {scene.shows} |")
    lines += _write_wrapped(folder)
    lines += ["", "## FIG. 6, registration by registration", "", "| time | MSC | MIN | |"]
    lines += ["| --- | --- | --- | --- |"]
    lines += [f"| {at} | {switch} | {number} | {what} |" for at, switch, number, what in FIG6]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_wrapped(folder: Path) -> list[str]:
    """Write FIG. 6 in every other wrapping; a line for each."""
    lines = []
    for wrapping, shows in WRAPPED.items():
        path = folder / file_name(f"fig6-{wrapping}", wrapping)
        count = 0
        with closing(WrappedCapture(path, wrapping)) as capture:
            for number, heard in enumerate(FIG6, 1):
                msu = _msu(heard, _unitdata(_regnot(heard, number)))
                packets = capture.packets(Carried.of(msu))
                capture.write(_time_us(heard.at), packets)
                count += len(packets)
        lines.append(f"| {path.name} | {count} | The same: {shows}. |")
    return lines


def _time_us(clock: str) -> int:
    hours, minutes, seconds = map(int, clock.split(":"))
    return int(DAY.timestamp()) * SECOND_US + (hours * 3600 + minutes * 60 + seconds) * SECOND_US


def _switch(letter: str) -> int:
    return ord(letter) - ord("A") + 1


def _esn(mobile_number: str) -> Esn:
    return Esn(0x8200_0000 + int(mobile_number) % 0x0100_0000)


def _notification(mobile_number: str, switch: int) -> RegistrationNotification:
    return RegistrationNotification(
        electronic_serial_number=_esn(mobile_number),
        mobile_identification_number=mobile_number,
        mscid=Mscid(MARKET, switch),
        qualification_information_code=QualificationInformationCode.VALIDATION_AND_PROFILE,
        system_my_type_code=SystemMyTypeCode.LUCENT,
    )


def _query(transaction_id: int, *components: Invoke) -> Package:
    return Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=transaction_id,
        components=components,
    )


def _regnot(heard: Heard, transaction_id: int) -> bytes:
    body = _notification(heard.mobile_number, _switch(heard.switch))
    return _query(transaction_id, invoke_of(body)).encode()


def _msc(switch: int) -> Address:
    return Address(subsystem=Subsystem.MSC, point_code=PointCode(10, 20, switch))


def _unitdata(data: bytes, switch: int = 1) -> bytes:
    return Unitdata(called=HLR.encode(), calling=_msc(switch).encode(), data=data).encode()


def _msu(heard: Heard, message: bytes) -> bytes:
    return _label(message, _switch(heard.switch))


def _label(message: bytes, switch: int = 1) -> bytes:
    opc = PointCode(10, 20, switch)
    return Msu(dpc=PointCode(10, 20, 40), opc=opc, sls=5, payload=message).encode()


def _answer(data: bytes) -> bytes:
    """What the HLR sends back."""
    message = Unitdata(called=_msc(1).encode(), calling=HLR.encode(), data=data).encode()
    return Msu(dpc=PointCode(10, 20, 1), opc=PointCode(10, 20, 40), sls=5, payload=message).encode()


def _tali_scene(messages: Sequence[bytes], times: tuple[int, ...], clones: str) -> Scene:
    """FIG. 6 on TALI: link management between, segments that cut messages or hold several."""
    stream = [Message(Opcode.ALLO), Message(Opcode.TEST), Message(Opcode.MONI, b"clonewatch lab")]
    first = b"".join(message.encode() for message in stream)
    whole = [Message(Opcode.SCCP, message).encode() for message in messages]
    cut = len(whole[8]) // 2
    segments = [
        first,
        b"".join(whole[:7]),
        whole[7],
        whole[8][:cut],
        whole[8][cut:],
        *whole[9:],
    ]
    moments = [times[0] - SECOND_US, times[0], times[7], times[8], times[8], *times[9:]]
    packets = _tcp_packets(segments)
    handshake = tuple(moments[0] - SECOND_US for _ in range(len(packets) - len(segments)))
    return Scene(
        "fig6-tali",
        "The same on TALI (RFC 3094), TCP on IPv4 on Ethernet; seven messages in one segment, one "
        f"cut by a segment's end. {clones}",
        LinkType.ETHERNET,
        (*handshake, *moments),
        packets,
    )


def _tcp_packets(segments: Sequence[bytes]) -> tuple[bytes, ...]:
    """A connection from its SYN on, and *segments* from the client."""
    from scapy.layers.inet import IP, TCP  # noqa: PLC0415  # takes a second to import
    from scapy.layers.l2 import Ether  # noqa: PLC0415
    from scapy.packet import Raw  # noqa: PLC0415

    there = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(
        src="10.0.0.1", dst="10.0.0.2", id=1
    )
    back = Ether(src="02:00:00:00:00:02", dst="02:00:00:00:00:01") / IP(
        src="10.0.0.2", dst="10.0.0.1", id=1
    )
    ours, theirs = {"sport": 40_000, "dport": 5000}, {"sport": 5000, "dport": 40_000}
    packets = [
        there / TCP(**ours, flags="S", seq=100),
        back / TCP(**theirs, flags="SA", seq=900, ack=101),
        there / TCP(**ours, flags="A", seq=101, ack=901),
    ]
    sequence = 101
    for segment in segments:
        packets.append(there / TCP(**ours, flags="PA", seq=sequence, ack=901) / Raw(segment))
        sequence += len(segment)
    return tuple(bytes(packet) for packet in packets)


def _not_counted() -> Scene:
    """Everything that is no fresh registration, and one that is, to be sure that it is read."""
    number = "6145550200"
    body = _notification(number, 1)
    registration = _query(1, invoke_of(body))
    who: dict[str, Any] = {
        "electronic_serial_number": _esn(number),
        "mobile_identification_number": number,
    }
    others = (
        QualificationRequest(**who, mscid=Mscid(MARKET, 3)),
        RegistrationCancellation(**who),
        AuthenticationFailureReport(**who),
        BulkDeregistration(),
    )
    unknown = _query(9, invoke_of(_notification("6145550201", UNKNOWN_SWITCH)))
    management = _unitdata(bytes.fromhex("01 06 0A140A 00"))
    packets = [
        _label(_unitdata(registration.encode())),
        _label(_unitdata(_regnot(Heard("", "A", number, ""), 0x77))),  # relayed by a VLR, 1 s later
        *(_answer(answer.encode()) for answer in _answers()),
        *(_label(_unitdata(_query(4 + n, invoke_of(o)).encode())) for n, o in enumerate(others)),
        _label(_unitdata(registration.encode())),  # sent again, 9 s later
        _label(_unitdata(unknown.encode())),
        _label(_returned(number)),
        _label(_unitdata(_malformed(body).encode())),
        _label(_segment(registration)),
        _label(management),
        bytes.fromhex("85 28140A 1E140A 05 00 01 02 03 04"),  # ISUP
        _label(_unitdata(bytes.fromhex("62 2C 48 04 00000001"))),  # ITU-T TCAP
        bytes.fromhex("83") + bytes(range(40)),
    ]
    start = _time_us("12:00:00")
    times = tuple(start + number * SECOND_US for number in range(len(packets)))
    return Scene(
        "not-counted",
        "One registration, and all that must not be counted as another: a copy relayed with "
        "another transaction ID, a result, a reject, an abort, four other operations, a copy sent "
        "again, one at an unknown MSC, one that a UDTS brings back, one whose MIN is cut short, a "
        "first segment without the second, SCCP management, ISUP, ITU-T TCAP, and garbage.",
        LinkType.MTP3,
        times,
        tuple(packets),
    )


def _answers() -> tuple[Package | Abort, ...]:
    """A result, a reject and an abort."""
    result = ReturnResult(component_ids=b"\1", parameters=parameter_set(_authorized()))
    reject = Reject(component_ids=b"\1", problem=0x0203)
    return (
        Package(package_type=PackageType.RESPONSE, responding_id=1, components=(result,)),
        Package(package_type=PackageType.RESPONSE, responding_id=2, components=(reject,)),
        Abort(responding_id=3, cause=1),
    )


def _returned(number: str) -> bytes:
    """A REGNOT that a UDTS brings back."""
    return UnitdataService(
        return_cause=ReturnCause.SUBSYSTEM_FAILURE,
        called=_msc(1).encode(),
        calling=HLR.encode(),
        data=_regnot(Heard("", "C", number, ""), 10),
    ).encode()


def _malformed(body: RegistrationNotification) -> Package:
    """A REGNOT whose MIN is cut short."""
    short = Parameters(
        Parameter(tag, octets[:4] if tag == Name.MOBILE_IDENTIFICATION_NUMBER else octets)
        for tag, octets in body.encode()
    )
    parameters = ParameterSet(ParameterTag.SET, short.encode())
    return _query(11, replace(invoke_of(body), parameters=parameters))


def _segment(registration: Package) -> bytes:
    """The first of two segments."""
    return Unitdata(
        message_type=MessageType.XUDT,
        protocol_class=1,
        hop_counter=10,
        called=HLR.encode(),
        calling=_msc(1).encode(),
        data=registration.encode()[:20],
        optional=(OptionalParameter(0x10, bytes.fromhex("81000001")),),
    ).encode()


def _authorized() -> RegistrationNotificationResult:
    return RegistrationNotificationResult(
        system_my_type_code=SystemMyTypeCode.NORTEL,
        authorization_period=Authorization(period=2, value=6),
    )
