"""An interface sniffed, a mirror port say: packets into the same kernels as a capture's.

scapy opens the socket and compiles the filter; the octets go past its readers and dissectors, which
are too slow for this. The queue between network and kernels is the socket's own buffer, whose bound
is BUFFER_LENGTH: what finds no room in it the system drops and counts.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from clonewatch.errors import InputError
from clonewatch.sources.captures import flows
from clonewatch.sources.captures.assembly import Assembly
from clonewatch.sources.captures.flows import NO_PORTS
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.packets import Block, Packets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scapy.arch.linux import L2ListenSocket

    from clonewatch.sources.captures.assembly import FrameBlock
    from is41.sigtran import Carrier

BUFFER_LENGTH: Final = 32 << 20  # octets the system may hold for us: ours
PACKETS_MAX: Final = 4096  # of a block: ours
BLOCK_LENGTH: Final = 4 << 20  # octets of a block: ours
PACKET_LENGTH_MAX: Final = 0xFFFF  # octets of a packet, as the system reads them together
PATIENCE_MS: Final = 200  # how soon `stop` is noticed
# linux/if_packet.h, asm-generic/socket.h, linux/if_arp.h.
SOL_PACKET: Final = 263
PACKET_STATISTICS: Final = 6
PACKET_AUXDATA: Final = 8
SO_RCVBUFFORCE: Final = 33
_TIME: Final = struct.Struct("@ll")  # a timespec
_ANCILLARY_LENGTH: Final = socket.CMSG_SPACE(_TIME.size)
_STATISTICS: Final = struct.Struct("=II")  # packets, drops since the last look
LINKS: Final = {1: Link.ETHERNET, 772: Link.ETHERNET, 65534: Link.IP}  # by ARPHRD: loopback, none


class PacketSocket(Protocol):
    """Where packets come from."""

    link: Link

    def fileno(self) -> int:
        """What to wait for."""

    def receive(self, view: memoryview) -> tuple[int, int] | None:
        """Put a packet into *view*: octets, and time in ms since 1970 UTC; None if none waits.

        Raises OSError.
        """

    def drops(self) -> int:
        """How many found no room since the last look."""

    def close(self) -> None:
        """Use it no more."""


class Sniffer:
    """Packets of a socket, as blocks of octets with frames in them. One thread reads `blocks`."""

    def __init__(self, source: PacketSocket, *, ports: Mapping[int, Carrier] = NO_PORTS) -> None:
        self.packets_dropped = 0
        self._source = source
        self._assembly = Assembly(source.link, ports)
        self._stopping = threading.Event()

    @property
    def packets(self) -> int:
        """Packets read so far."""
        return self._assembly.packets

    @property
    def counts(self) -> dict[str, int]:
        """What was passed over on the way to the frames, but for zeros."""
        return self._assembly.counts

    def stop(self) -> None:
        """Let `blocks` end soon, from any thread."""
        self._stopping.set()

    def blocks(self) -> Iterator[FrameBlock]:
        """Give the frames as they come, until `stop`. Raises OSError, as if the interface goes."""
        octets = np.empty(flows.ROOM + BLOCK_LENGTH, np.uint8)
        packets = Packets.empty(PACKETS_MAX)
        packets.link.fill(self._source.link)
        waiting = select.poll()  # `select` itself takes no descriptor from 1024 on
        waiting.register(self._source, select.POLLIN)
        try:
            while not self._stopping.is_set():
                if waiting.poll(PATIENCE_MS):
                    count = self._fill(octets.data, packets)
                    if count:
                        first = self._assembly.packets + 1
                        yield from self._assembly.take(Block(octets, packets, count, first))
                self.packets_dropped += self._source.drops()
            yield from self._assembly.finish()
        finally:
            self._source.close()

    def _fill(self, view: memoryview, packets: Packets) -> int:
        """Lay the packets that wait into a block; how many."""
        at, count = flows.ROOM, 0
        while count < PACKETS_MAX and at + PACKET_LENGTH_MAX <= len(view):
            packet = self._source.receive(view[at : at + PACKET_LENGTH_MAX])
            if packet is None:
                break
            length, packets.time[count] = packet
            packets.start[count] = at
            at += length
            packets.end[count] = at
            count += 1
        return count


class InterfaceSocket:
    """Packets of an interface that a BPF *expression* lets through.

    Raises InputError, saying what to do, where that cannot be had.
    """

    def __init__(self, interface: str, expression: str = "") -> None:
        self._interface = interface
        self._socket = _opened(interface, expression)
        kind = self._socket.ins.getsockname()[3]
        if kind not in LINKS:
            self.close()
            known = "Ethernet, loopback, and tunnels of bare IP are"
            raise InputError(
                interface, f"packets of ARP hardware type {kind} are not read; {known}"
            )
        self.link = LINKS[kind]
        self._socket.ins.setblocking(False)
        # Without what scapy asks for beside the time: the VLAN tag, which is of no concern here.
        self._socket.ins.setsockopt(SOL_PACKET, PACKET_AUXDATA, 0)
        try:
            self._socket.ins.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_LENGTH)
        except PermissionError:  # no CAP_NET_ADMIN: as much as the system lets anybody have
            self._socket.ins.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_LENGTH)

    def fileno(self) -> int:
        """What to wait for."""
        return int(self._socket.ins.fileno())

    def receive(self, view: memoryview) -> tuple[int, int] | None:
        """Put a packet into *view*: octets, and time in ms since 1970 UTC; None if none waits.

        Raises OSError.
        """
        try:
            length, ancillary, _, _ = self._socket.ins.recvmsg_into([view], _ANCILLARY_LENGTH)
        except BlockingIOError:
            return None
        seconds, nanoseconds = _TIME.unpack(ancillary[0][2])
        return length, seconds * 1000 + nanoseconds // 1_000_000

    def drops(self) -> int:
        """How many found no room since the last look."""
        octets = self._socket.ins.getsockopt(SOL_PACKET, PACKET_STATISTICS, _STATISTICS.size)
        drops: int = _STATISTICS.unpack(octets)[1]
        return drops

    def close(self) -> None:
        """Use it no more."""
        self._socket.close()


def _opened(interface: str, expression: str) -> L2ListenSocket:
    """Let scapy open the socket; what hinders it, in words of ours."""
    import scapy.layers.l2  # noqa: F401, PLC0415  # tells scapy of Ethernet; slow to import
    from scapy.arch.linux import L2ListenSocket  # noqa: PLC0415
    from scapy.error import Scapy_Exception  # noqa: PLC0415

    try:
        return L2ListenSocket(iface=interface, filter=expression or None)
    except PermissionError:
        raise InputError(
            interface, "sniffing needs the capability CAP_NET_RAW: see systemd/, or run as root"
        ) from None
    except Scapy_Exception as error:
        raise InputError(interface, f"filter {expression!r}: {error}") from None
    except (ValueError, OSError) as error:
        raise InputError(interface, f"cannot be sniffed: {error}") from None
