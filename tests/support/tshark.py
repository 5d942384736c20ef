"""A second opinion: what tshark makes of packets."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCCP: Final = 142
USER_0: Final = 147  # of our link types the one that TCAP stands in, with nothing around it
SNAPLEN: Final = 262_144  # octets
PREFERENCES: Final = (
    "mtp3.standard:ANSI",
    "ansi_map.transaction.matchtype:Transaction ID only",  # no addresses around bare TCAP
    f'uat:user_dlts:"User 0 (DLT={USER_0})","tcap","0","","0",""',
)

Fields = dict[str, list[str]]


def dissect(
    packets: Sequence[bytes], link_type: int, preferences: Sequence[str] = ()
) -> list[Fields]:
    """What tshark reads in each packet: field name to its values, in order."""
    with TemporaryDirectory() as folder:
        capture = Path(folder, "packets.pcap")
        capture.write_bytes(pcap(packets, link_type))
        return dissect_capture(capture, preferences)


def dissect_capture(capture: Path, preferences: Sequence[str] = ()) -> list[Fields]:
    """What tshark reads in each packet of a capture: field name to its values, in order."""
    options = [word for each in (*PREFERENCES, *preferences) for word in ("-o", each)]
    command = ["tshark", "-n", "-r", str(capture), "-T", "json", "--no-duplicate-keys", *options]
    finished = subprocess.run(command, check=True, capture_output=True)
    packets = json.loads(finished.stdout)
    return [_fields(packet["_source"]["layers"]) for packet in packets]


def pcap(packets: Sequence[bytes], link_type: int) -> bytes:
    """A capture, one packet a second."""
    header = pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, link_type)
    records = (
        pack("<IIII", second, 0, len(packet), len(packet)) + packet
        for second, packet in enumerate(packets)
    )
    return header + b"".join(records)


def _fields(layers: Mapping[str, Any]) -> Fields:
    fields: Fields = defaultdict(list)
    for name, value in _leaves("", layers):
        fields[name].append(value)
    return dict(fields)


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Walk tshark's tree: fields, and elements that hold fields alone, which have no value."""
    match value:
        case dict():
            if name and not name.endswith("_tree"):  # a tree's field comes beside it
                yield name, ""
            for inner, below in value.items():
                yield from _leaves(inner, below)
        case list():
            for below in value:
                yield from _leaves(name, below)
        case _:
            yield name, value
