"""An interface sniffed. On loopback, which needs CAP_NET_RAW; and from packets that are fed."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clonewatch.collector import Collector
from clonewatch.errors import InputError
from clonewatch.mscs import Mscs
from clonewatch.registrations import Batch
from clonewatch.sources.captures import reader
from clonewatch.sources.captures.files import CaptureFile
from clonewatch.sources.captures.links import Link
from clonewatch.sources.sniff import PACKETS_MAX, InterfaceSocket, Sniffer
from is41.sigtran import Carrier
from is41.tali.codes import Opcode
from is41.tali.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable

PCAPS = Path(__file__).parents[3] / "pcaps"


class Fed:
    """A socket that is fed by hand."""

    link = Link.ETHERNET

    def __init__(self, packets: list[tuple[bytes, int]]) -> None:
        self.packets = deque(packets)
        self.dropped = 0
        self.is_closed = False
        self.when_empty: Callable[[], None] = lambda: None
        self._readable, self._writable = os.pipe()
        os.write(self._writable, b"x")

    def fileno(self) -> int:
        return self._readable

    def receive(self, view: memoryview) -> tuple[int, int] | None:
        if self.packets:
            octets, time_ms = self.packets.popleft()
            view[: len(octets)] = octets
            return len(octets), time_ms
        self.when_empty()
        return None

    def drops(self) -> int:
        dropped, self.dropped = self.dropped, 0
        return dropped

    def close(self) -> None:
        self.is_closed = True
        os.close(self._readable)
        os.close(self._writable)


class FedLate(Fed):
    """One that is opened when a thousand other files are."""

    def __init__(self, packets: list[tuple[bytes, int]]) -> None:
        super().__init__(packets)
        low, self._readable = self._readable, fcntl.fcntl(self._readable, fcntl.F_DUPFD, 1024)
        os.close(low)


def packets_of(path: Path) -> list[tuple[bytes, int]]:
    file = CaptureFile(path, lambda _: Link.ETHERNET)
    found = []
    for block in file.blocks():
        for at in range(block.count):
            start, end, time, _ = (int(column[at]) for column in block.packets)
            found.append((block.octets[start:end].tobytes(), time))
    file.close()
    return found


def registrations_of(fed: Fed, sniffer: Sniffer, collector: Collector) -> Batch:
    """What comes until the last packet fed is taken."""
    fed.when_empty = sniffer.stop
    batches: list[Batch] = []
    for block in sniffer.blocks():
        batches += collector.take(block.octets, block.frames, block.count)
    return Batch.joined(batches)


@pytest.mark.parametrize("times", [1, 700])
def test_packets_give_what_the_same_packets_in_a_capture_give(times: int) -> None:
    mscs = Mscs.load(PCAPS / "mscs.csv")
    path = PCAPS / "fig6-tali.pcap"
    fed = Fed(packets_of(path) * times)  # the same segments again bring nothing new
    count = len(fed.packets)
    sniffer = Sniffer(fed)
    found = registrations_of(fed, sniffer, Collector(mscs, source=9))
    expected: list[Batch] = []
    collector = Collector(mscs)
    for block in reader.Capture(path).blocks():
        expected += collector.take(block.octets, block.frames, block.count)
    whole = Batch.joined(expected)
    assert found.time.tolist() == whole.time.tolist()
    assert found.msid.tolist() == whole.msid.tolist()
    assert set(found.source.tolist()) == {9}
    assert sniffer.packets == count
    assert (count > PACKETS_MAX) == (times > 1)
    assert fed.is_closed


def test_ports_say_what_they_carry() -> None:
    fed = Fed(packets_of(PCAPS / "fig6-tali.pcap"))
    sniffer = Sniffer(fed, ports={5000: Carrier.XOT})
    assert not len(registrations_of(fed, sniffer, Collector(Mscs([]))))
    assert sniffer.counts["xot_syncs_lost"] > 0


def test_what_the_system_dropped_is_counted() -> None:
    fed = Fed(packets_of(PCAPS / "fig6-tali.pcap"))
    fed.dropped = 17
    sniffer = Sniffer(fed)
    registrations_of(fed, sniffer, Collector(Mscs([])))
    assert sniffer.packets_dropped == 17


def test_the_number_of_the_socket_does_not_matter() -> None:
    fed = FedLate(packets_of(PCAPS / "fig6-tali.pcap"))
    assert len(registrations_of(fed, Sniffer(fed), Collector(Mscs([]))))


@pytest.mark.sniff
def test_a_connection_over_loopback_is_sniffed_by_its_port() -> None:
    message = Message(Opcode.SCCP, bytes(range(40)))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as other:
        port = server.getsockname()[1]
        sniffer = Sniffer(InterfaceSocket("lo", f"tcp port {port}"))
        found: list[bytes] = []
        times: list[int] = []
        begun_ms = time.time() * 1000

        def read() -> None:
            for block in sniffer.blocks():
                for at in range(block.count):
                    start, end = block.frames.start[at], block.frames.end[at]
                    found.append(block.octets[start:end].tobytes())
                    times.append(int(block.frames.time[at]))
                if len(found) == 3:
                    sniffer.stop()

        thread = threading.Thread(target=read)
        thread.start()
        other.connect(("127.0.0.1", port))
        accepted = server.accept()[0]
        octets = message.encode() * 3
        other.sendall(octets[:77])
        other.sendall(octets[77:])
        thread.join()
        accepted.close()
    assert found == [message.payload] * 3
    assert all(begun_ms - 1 <= time_ms <= time.time() * 1000 for time_ms in times)
    assert sniffer.packets_dropped == 0


@pytest.mark.sniff
def test_a_filter_that_is_none_is_refused_with_what_is_wrong() -> None:
    with pytest.raises(InputError, match=r"lo: filter 'port port': .*syntax error"):
        InterfaceSocket("lo", "port port")


@pytest.mark.sniff
def test_an_interface_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="nowhere0: cannot be sniffed"):
        InterfaceSocket("nowhere0")


WITHOUT_CAPABILITY = """
import os
import scapy.layers.l2, scapy.arch.linux
from clonewatch.errors import InputError
from clonewatch.sources.sniff import InterfaceSocket
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(65534)
try:
    InterfaceSocket("lo")
except InputError as error:
    print(error)
"""


def test_without_the_capability_it_is_said_what_is_missing() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_CAPABILITY],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("lo: sniffing needs the capability CAP_NET_RAW: see systemd/")
