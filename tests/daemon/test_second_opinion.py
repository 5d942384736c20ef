"""tshark reads what we read: every capture of ours, and thousands of simulated messages.

Where we are known to differ, the message is named in EXPECTED with the reason, and compared in what
is left.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from clonewatch.carriers import carrier_told
from clonewatch.decoding import told
from clonewatch.lab.simulate import simulate
from clonewatch.lab.traffic import Mishaps
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.reader import Capture, Wiring
from is41.layers import Layer
from is41.map.operations import FAMILY, operation_of
from is41.map.parameters import Parameters
from is41.map.tags import ParameterTag as Name
from is41.reading import read
from is41.tcap.messages import Invoke, Package
from tshark import Fields, dissect_capture

if TYPE_CHECKING:
    from collections.abc import Callable

TESTS = Path(__file__).parents[1]
# What tshark 4.0.17 dissects on no port and by no preference.
OPAQUE: Final = {
    "fig6-m3ua-tcp": "it knows M3UA on SCTP only: m3ua is not valid for tcp.port",
    "fig6-xot": "what X.25 carries is told by a call's user data, and no call is captured",
    "fig6-xot-128": "as in fig6-xot",
}
# What it has to be told of a capture.
TOLD: Final = {"fig6-mtp2-extended": ["mtp2.use_extended_sequence_numbers:TRUE"]}
WIRING: Final = Wiring(links={147: Link.TCAP})
CAPTURES: Final = [
    *(path for path in sorted((TESTS.parent / "pcaps").glob("*.pcap*")) if path.stem not in OPAQUE),
    TESTS / "captures" / "mtp3_ansi_dlt141.pcap",
    TESTS / "captures" / "sccp_ansi_dlt142.pcap",
    TESTS / "captures" / "tali_tcp.pcap",
]
GIVEN: Final = {"mtp3_ansi_dlt141", "sccp_ansi_dlt142"}
PACKAGES: Final = ("ansi_tcap.invokeLast_element", "ansi_tcap.invokeNotLast_element")


def bcd(octets: bytes) -> str:
    return "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets)


# fmt: off
# tshark's field, the parameter, and how its octets look there.
COMPARED: Final[list[tuple[str, Name, Callable[[bytes], str]]]] = [
    ("ansi_map.electronicSerialNumber",       Name.ELECTRONIC_SERIAL_NUMBER, lambda o: o.hex(":")),
    ("ansi_map.marketid",                     Name.MSCID, lambda o: str(int.from_bytes(o[:2]))),
    ("ansi_map.swno",                         Name.MSCID, lambda o: str(o[2])),
    ("ansi_map.qualificationInformationCode", Name.QUALIFICATION_INFORMATION_CODE, lambda o: str(o[0])),
    ("ansi_map.systemMyTypeCode",             Name.SYSTEM_MY_TYPE_CODE, lambda o: str(o[0])),
    ("ansi_map.terminalType",                 Name.TERMINAL_TYPE, lambda o: str(o[0])),
    ("ansi_map.systemAccessType",             Name.SYSTEM_ACCESS_TYPE, lambda o: str(o[0])),
    ("ansi_map.authorizationDenied",          Name.AUTHORIZATION_DENIED, lambda o: str(o[0])),
]
# fmt: on

# Packets of the given captures (the same messages in MTP3 and in SCCP), the fields in which we and
# tshark 4.0.17 differ there, and why.
ESN, REST = "ansi_map.electronicSerialNumber", {"min", *(field for field, _, _ in COMPARED)}
EXPECTED: Final[dict[int, tuple[set[str], str]]] = {
    15: ({ESN}, "tshark names MSInactive's ESN lectronicSerialNumber"),
    21: (REST, "tshark stops at an empty MSCID"),
    26: ({ESN}, "as in 15; of two components one is an MSInactive"),
    27: (REST, "tshark expects F2 where the parameters stand under F0"),
    33: ({*REST, "operation", "ansi_tcap.identifier"}, "tshark puts segments together; here each packet is read alone"),
}  # fmt: skip


def ours(capture: Path) -> dict[int, dict[str, list[str]]]:
    """What we read in each packet, under tshark's names."""
    packets: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for block in Capture(capture, WIRING).blocks():
        frames = block.frames
        for at in range(block.count):
            octets = block.octets[frames.start[at] : frames.end[at]].tobytes()
            layer = Layer(frames.layer[at])
            if "tcap" in told(octets, layer):
                _add(packets[int(frames.packet[at])], read(octets, layer).tcap)
    return packets


def _add(fields: dict[str, list[str]], package: Any) -> None:
    ids = [getattr(package, name, None) for name in ("originating_id", "responding_id")]
    octets = b"".join(number.to_bytes(4) for number in ids if number is not None)
    fields["ansi_tcap.identifier"].append(octets.hex(":"))
    if not isinstance(package, Package):
        return
    for component in package.components or ():
        if isinstance(component, Invoke):
            operation = operation_of(component)
            if operation is not None:
                fields["operation"].append(str(FAMILY << 8 | operation))
        parameters = Parameters.decode(component.parameters.octets if component.parameters else b"")
        for number in parameters.all(Name.MOBILE_IDENTIFICATION_NUMBER):
            fields["min"].append(bcd(number))
        for field, tag, shown in COMPARED:
            fields[field] += [shown(value) for value in parameters.all(tag) if value]
        for value in parameters.all(Name.EXTENDED_MSCID):
            fields["ansi_map.marketid"].append(str(int.from_bytes(value[1:3])))
            fields["ansi_map.swno"].append(str(value[3]))


def theirs(packet: Fields) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = defaultdict(list)
    fields["ansi_tcap.identifier"] = packet.get("ansi_tcap.identifier", [])
    if any(packet.get(name) for name in PACKAGES):
        fields["operation"] = packet.get("ansi_tcap.private", [])
    if packet.get("ansi_map.mobileIdentificationNumber_element"):
        count = len(packet["ansi_map.mobileIdentificationNumber_element"])
        fields["min"] = packet.get("ansi_map.bcd_digits", [])[:count]
    for field, _, _ in COMPARED:
        fields[field] = packet.get(field, [])
    return fields


def differences(capture: Path) -> tuple[list[str], int]:
    """Where we and tshark differ, and how many packets were compared."""
    mine = ours(capture)
    found = []
    for number, packet in enumerate(dissect_capture(capture, TOLD.get(capture.stem, ())), 1):
        other = theirs(packet)
        excused = EXPECTED[number][0] if capture.stem in GIVEN and number in EXPECTED else set()
        found += [
            f"{capture.name} {number} {field}: {mine[number][field]} {other[field]}"
            for field in {*mine[number], *other} - excused
            if sorted(mine[number][field]) != sorted(other[field])
        ]
    return found, sum(1 for fields in mine.values() if fields)


@pytest.mark.tshark
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_tshark_reads_the_same_in_every_capture(capture: Path) -> None:
    found, compared = differences(capture)
    assert found == []
    assert compared


def number_of(point_code: str) -> int:
    network, cluster, member = map(int, point_code.split("-"))
    return network << 16 | cluster << 8 | member


# fmt: off
# Each carrier's fields: ours, tshark's, and how ours looks there.
CARRIERS: Final[dict[str, list[tuple[str, str, Callable[[Any], Any]]]]] = {
    "tali": [("opcode", "tali.opcode", str.lower), ("length", "tali.msu_length", int)],
    "xot":  [("length", "xot.length", int), ("modulo", "x25.mod", {8: 1, 128: 2}.__getitem__),
             ("channel", "x25.lcn", int), ("p_s", "x25.p_s", int), ("p_r", "x25.p_r", int)],
    "m3ua": [("length", "m3ua.message_length", int), ("opc", "m3ua.protocol_data_opc", number_of),
             ("dpc", "m3ua.protocol_data_dpc", number_of), ("sls", "m3ua.protocol_data_sls", int),
             ("service_indicator", "m3ua.protocol_data_si", int),
             ("network_indicator", "m3ua.protocol_data_ni", ["INTERNATIONAL", "SPARE", "NATIONAL"].index),
             ("priority", "m3ua.protocol_data_mp", int)],
    "m2ua": [("length", "m2ua.message_length", int)],
    "m2pa": [("length", "m2pa.length", int), ("bsn", "m2pa.bsn", int), ("fsn", "m2pa.fsn", int),
             ("priority", "m2pa.priority", int)],
    "sua":  [("length", "sua.message_length", int)],
    "mtp2": [(name, f"mtp2.{name}", int) for name in ("bsn", "bib", "fsn", "fib", "li")],
}
# fmt: on
# Known faults: of modulo 128 tshark 4.0.17 takes the third octet for P(R) and the fourth for P(S).
SWAPPED: Final = {"x25.p_s": "x25.p_r", "x25.p_r": "x25.p_s"}
CARRIED: Final = {
    "fig6-tali": "tali",
    "fig6-xot": "xot",
    "fig6-xot-128": "xot",
    "fig6-m3ua-sctp": "m3ua",
    "fig6-m2ua": "m2ua",
    "fig6-m2pa": "m2pa",
    "fig6-sua": "sua",
    "fig6-mtp2": "mtp2",
    "fig6-mtp2-pseudo": "mtp2",
    "fig6-mtp2-extended": "mtp2",
}


@pytest.mark.tshark
@pytest.mark.parametrize("name", CARRIED)
def test_tshark_reads_the_same_in_what_carries_the_messages(name: str) -> None:
    capture = TESTS.parent / "pcaps" / f"{name}.pcap"
    packets = dissect_capture(capture, TOLD.get(name, ()))
    compared = 0
    for block in Capture(capture).blocks():
        for frame in range(block.count):
            says = carrier_told(block, frame)[CARRIED[name]]
            packet = packets[int(block.frames.packet[frame]) - 1]
            for field, their_name, shown in CARRIERS[CARRIED[name]]:
                # A packet may hold several; the last is the one that completes the message.
                swapped = SWAPPED.get(their_name) if name == "fig6-xot-128" else None
                theirs = packet[swapped or their_name][-1]
                mine = shown(says[field])
                assert (theirs if isinstance(mine, str) else int(theirs, 0)) == mine, field
                compared += 1
    assert compared == 14 * len(CARRIERS[CARRIED[name]])


@pytest.mark.tshark
@pytest.mark.parametrize("carrier", ["mtp3", "sccp", "tali"])
def test_tshark_reads_the_same_in_simulated_messages(carrier: str, tmp_path: Path) -> None:
    simulation = simulate(
        tmp_path,
        subscribers=400,
        mscs=20,
        hours=10,
        clones=5,
        seed=7,
        carriers=[carrier],
        mishaps=Mishaps(relayed=0.1, late=0.02, late_ms_max=600_000),
        records=False,
    )
    found, compared = differences(next(iter(simulation.captures.values())))
    assert simulation.registrations >= 2000
    assert found == []
    assert compared
