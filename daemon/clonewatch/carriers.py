"""What carried a message, told for people and programs beside the message itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from clonewatch.sources.captures.flows import MTP2
from is41.mtp import framing as mtp2
from is41.sigtran import Carrier
from is41.xot.framing import HEADER_LENGTH as XOT_HEADER_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clonewatch.sources.captures.assembly import FrameBlock

Told = dict[str, Any]
_NETWORK_INDICATORS: Final = ("INTERNATIONAL", "SPARE", "NATIONAL", "RESERVED")


def carrier_told(block: FrameBlock, frame: int) -> Told:
    """Tell what brought a frame; nothing where the packet was the message."""
    carrier = int(block.carriers[frame])
    outer, start = int(block.outer[frame]), int(block.frames.start[frame])
    head = block.octets[outer:start].tobytes()
    if carrier == MTP2:
        return {"mtp2": _mtp2(head)}
    if carrier not in set(Carrier):
        return {}
    return {Carrier(carrier).name.lower(): _TOLD[Carrier(carrier)](head)}


def _mtp2(head: bytes) -> Told:
    if len(head) == mtp2.EXTENDED_HEADER_LENGTH:
        back, forward, length = (
            int.from_bytes(head[at : at + 2], "little") for at in range(0, 6, 2)
        )
        return {
            "bsn": back & 0xFFF,
            "bib": back >> 15,
            "fsn": forward & 0xFFF,
            "fib": forward >> 15,
            "li": length & 0x1FF,
        }
    return {
        "bsn": head[0] & 0x7F,
        "bib": head[0] >> 7,
        "fsn": head[1] & 0x7F,
        "fib": head[1] >> 7,
        "li": head[2] & mtp2.LI_MAX,
    }


def _tali(head: bytes) -> Told:
    return {
        "opcode": head[4:8].decode("ascii").upper(),
        "length": int.from_bytes(head[8:10], "little"),
    }


def _xot(head: bytes) -> Told:
    packet = head[XOT_HEADER_LENGTH:]
    extended = bool(packet[0] & 0x20)
    return {
        "length": int.from_bytes(head[2:4]),
        "modulo": 128 if extended else 8,
        "channel": (packet[0] & 0x0F) << 8 | packet[1],
        "p_s": packet[2] >> 1 if extended else packet[2] >> 1 & 7,
        "p_r": packet[3] >> 1 if extended else packet[2] >> 5,
    }


def _m3ua(head: bytes) -> Told:
    opc, dpc = (head[at : at + 4] for at in (-12, -8))
    return {
        **_length(head),
        "opc": _point_code(opc),
        "dpc": _point_code(dpc),
        "service_indicator": head[-4],
        "network_indicator": _NETWORK_INDICATORS[head[-3] & 3],
        "priority": head[-2],
        "sls": head[-1],
    }


def _m2pa(head: bytes) -> Told:
    return {
        **_length(head),
        "bsn": int.from_bytes(head[9:12]),
        "fsn": int.from_bytes(head[13:16]),
        "priority": head[16] >> 6,
    }


def _length(head: bytes) -> Told:
    return {"length": int.from_bytes(head[4:8])}


def _point_code(octets: bytes) -> str:
    return "-".join(map(str, octets[-3:]))


_TOLD: Final[Mapping[Carrier, Callable[[bytes], Told]]] = {
    Carrier.TALI: _tali,
    Carrier.XOT: _xot,
    Carrier.M3UA: _m3ua,
    Carrier.M2UA: _length,
    Carrier.M2PA: _m2pa,
    Carrier.SUA: _length,
}
