"""The ring of messages that could not be decoded (draft-ietf-opsawg-pcapng)."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from clonewatch.errors import InputError
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.reader import Capture, Wiring
from clonewatch.sources.refused import (
    MESSAGE_LENGTH_MAX,
    WAITING_MAX,
    Failed,
    RefusedRing,
    Resumed,
    messages_of,
)
from command import clonewatch
from is41.layers import Layer
from is41.sigtran import Carrier
from is41.tali import messages as tali
from is41.tali.codes import Opcode
from is41.xot import messages as xot
from messages import layered_vectors, vectors

if TYPE_CHECKING:
    from pathlib import Path

AT_10 = 1_795_341_600_000  # 2026-11-22T10:00:00Z
MIB = 1 << 20


class Told(list[Failed | Resumed]):
    def __call__(self, event: Failed | Resumed) -> None:
        self.append(event)


def ring(path: Path, octets_max: int = MIB) -> RefusedRing:
    return RefusedRing(path, octets_max, tell=lambda event: pytest.fail(str(event)))


def kept(path: Path) -> list[tuple[bytes, Layer, int]]:
    capture = Capture(path, Wiring(links={147: Link.TCAP}))
    found = [
        (
            block.octets[block.frames.start[at] : block.frames.end[at]].tobytes(),
            Layer(block.frames.layer[at]),
            int(block.frames.time[at]),
        )
        for block in capture.blocks()
        for at in range(block.count)
    ]
    assert capture.cut is None
    return found


def test_messages_of_every_layer_are_kept_with_their_time(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    messages = [
        (octets, layer, AT_10 + number) for number, (octets, layer) in enumerate(layered_vectors())
    ]
    it = ring(path)
    for octets, layer, time_ms in messages:
        it.add(octets, layer, time_ms, "because")
    it.close()
    assert kept(path) == messages
    comments = list(messages_of(path.read_bytes()))
    assert comments == [(time_ms, "because") for _, _, time_ms in messages]
    assert (it.messages_written, it.messages_dropped) == (len(messages), 0)


def test_what_is_a_carriers_own_stands_in_a_segment_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    package = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]
    unitdata = vectors("sccp_udt_regnot_inv_min")["sccp_udt_regnot_inv_min"]
    in_tali = tali.Message(Opcode.SCCP, unitdata).encode()
    in_xot = xot.Message(bytes.fromhex("10 01 00") + package).encode()
    it = ring(path)
    it.add(in_tali, Carrier.TALI, AT_10, "because")
    it.add(package, Layer.TCAP, AT_10 + 1, "because")
    it.add(in_xot, Carrier.XOT, AT_10 + 2, "because")
    it.add(in_tali, Carrier.TALI, AT_10 + 3, "because")
    it.close()
    assert kept(path) == [
        (unitdata, Layer.SCCP, AT_10),
        (package, Layer.TCAP, AT_10 + 1),
        (package, Layer.TCAP, AT_10 + 2),
        (unitdata, Layer.SCCP, AT_10 + 3),
    ]


def test_decode_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    it = ring(path)
    it.add(bytes.fromhex("E2 05 C7 04 00 00 00"), Layer.TCAP, AT_10, "cut short")
    it.add(bytes.fromhex("83 01 01 01 02 02 02 05 FF"), Layer.MTP3, AT_10 + 1, "no SCCP")
    it.close()
    records = clonewatch("decode", path, "--linktype", "147=tcap", "--json").records
    assert [record["packet"] for record in records] == [1, 2]
    assert records[0]["error"]["counted_as"].startswith("tcap")
    assert records[1]["error"]["counted_as"].startswith("sccp")
    assert records[0]["time"] == "2026-11-22T10:00:00.000Z"


@pytest.mark.tshark
def test_tshark_reads_it_and_shows_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    it = ring(path)
    for octets, layer in layered_vectors()[:5]:
        it.add(octets, layer, AT_10, f"what is wrong with {layer.name}: « é »")
    it.close()
    ran = subprocess.run(
        ["tshark", "-r", path, "-T", "json", "-e", "frame.comment", "-e", "frame.len"],
        capture_output=True,
        check=True,
    )
    layers = [packet["_source"]["layers"] for packet in json.loads(ran.stdout)]
    assert [int(each["frame.len"][0]) for each in layers] == [
        len(octets) for octets, _ in layered_vectors()[:5]
    ]
    assert all("what is wrong with" in each["frame.comment"][0] for each in layers)


def test_the_oldest_go_first_and_the_bound_holds(tmp_path: Path) -> None:
    path, older = tmp_path / "refused.pcap", tmp_path / "refused.1.pcap"
    octets_max = 64 * 1024
    for start in range(0, 4000, 500):
        it = ring(path, octets_max)
        for number in range(start, start + 500):
            it.add(number.to_bytes(2) * 20, Layer.SCCP, number, "because")
        it.close()
        assert it.messages_written == 500
        assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= octets_max
    times = [time for _, _, time in kept(older) + kept(path)]
    assert times == list(range(times[0], 4000))
    assert 400 < len(times) < 1000


@pytest.mark.parametrize("torn", [1, 30, 67, 68])
def test_it_goes_on_behind_what_is_whole_however_the_rest_was_torn(
    tmp_path: Path, torn: int
) -> None:
    path = tmp_path / "refused.pcap"
    for number in range(3):
        it = ring(path)
        it.add(bytes(20), Layer.SCCP, number, "because")
        it.close()
        if number == 1:
            path.write_bytes(path.read_bytes()[:-torn])
    assert [time for _, _, time in kept(path)] == [0, 2]


def test_a_header_that_was_torn_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    ring(path).close()
    path.write_bytes(path.read_bytes()[:17])
    it = ring(path)
    it.add(b"x", Layer.TCAP, 5, "because")
    it.close()
    assert [time for _, _, time in kept(path)] == [5]


def test_a_file_of_others_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="is no ring of refused messages"):
        ring(path)
    assert path.read_bytes() == b"precious"


def test_a_long_message_is_cut_and_its_length_kept(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    it = ring(path)
    it.add(bytes(9000), Layer.TCAP, 0, "é" * 5000)
    it.close()
    assert [len(octets) for octets, _, _ in kept(path)] == [MESSAGE_LENGTH_MAX]
    assert (9000).to_bytes(4, "little") in path.read_bytes()


def test_a_flood_is_counted_and_holds_nobody_up(tmp_path: Path) -> None:
    it = ring(tmp_path / "refused.pcap")
    flood = 20 * WAITING_MAX
    for _ in range(flood):
        it.add(b"x", Layer.TCAP, 0, "because")
    it.close()
    assert it.messages_dropped > 0
    assert it.messages_written + it.messages_dropped == flood
    assert len(kept(tmp_path / "refused.pcap")) == it.messages_written


def test_a_disk_that_fails_is_told_once_and_once_more_when_it_works(tmp_path: Path) -> None:
    told, folder = Told(), tmp_path / "ring"
    folder.mkdir()
    path = folder / "refused.pcap"
    it = RefusedRing(path, 16 * 1024, tell=told)
    message = bytes(4000)

    def add_until(events: int) -> None:
        while len(told) < events:
            it.add(message, Layer.TCAP, 0, "because")

    folder.rename(tmp_path / "away")  # so that it cannot be turned over
    add_until(1)
    (tmp_path / "away").rename(folder)
    add_until(2)
    it.close()
    assert told[1] == Resumed(path)
    assert isinstance(told[0], Failed)
    assert str(told[0]).endswith(
        "No such file or directory; refused messages are counted, but not kept"
    )
    assert it.messages_dropped > 0


def test_who_is_told_may_fail_and_the_thread_goes_on(tmp_path: Path) -> None:
    told, folder = Told(), tmp_path / "ring"
    folder.mkdir()

    def tell(event: Failed | Resumed) -> None:
        told.append(event)
        raise OSError("the log stands on the same disk")

    it = RefusedRing(folder / "refused.pcap", 16 * 1024, tell=tell)
    folder.rename(tmp_path / "away")  # so that it cannot be turned over
    while not told:
        it.add(bytes(4000), Layer.TCAP, 0, "because")
    (tmp_path / "away").rename(folder)
    written = it.messages_written
    it.add(bytes(4000), Layer.TCAP, 0, "because")
    it.close()
    assert it.messages_written > written
