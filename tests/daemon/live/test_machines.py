"""Link machines and routes, as the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.live.machines import machine_maker, route_of
from configuration import LEARN, loaded
from is41.layers import Layer
from is41.m3ua.asp import Asp
from is41.m3ua.sgp import Sgp
from is41.reading import read
from is41.sccp.addresses import Address
from is41.sccp.messages import Unitdata
from is41.tali.link import Link as Tali
from is41.xot.link import Link as Xot
from links import Wire
from messages import vectors

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.config.links import Link as LinkConfig
    from is41.link import Link

LISTENS = 'listen = "127.0.0.1:5000"\npeers = ["192.0.2.0/24"]\n'
CONNECTS = 'connect = "192.0.2.9:5000"\n'


def link(folder: Path, transport: str, *lines: str) -> LinkConfig:
    table = f'[[links]]\nname = "a"\ntransport = "{transport}"\nrole = "tap"\n'
    return loaded(folder, LEARN, table, *lines).links[0]


@pytest.mark.parametrize(
    ("transport", "lines", "kind"),
    [
        ("tali", LISTENS, Tali),
        ("tali", CONNECTS, Tali),
        ("m3ua", LISTENS, Sgp),
        ("m3ua", CONNECTS, Asp),
        ("m3ua", CONNECTS + 'side = "sg"\n', Sgp),
        ("m3ua", LISTENS + 'side = "asp"\n', Asp),
        ("xot", LISTENS, Xot),
        ("xot", CONNECTS, Xot),
    ],
)
def test_the_machine_is_that_of_the_transport_and_side(
    tmp_path: Path, transport: str, lines: str, kind: type[Link]
) -> None:
    assert isinstance(machine_maker(link(tmp_path, transport, lines), lambda: True)(0.0), kind)


PVC = 'modulo = 128\nwindow = 7\npvc = {{ {0}_interface = "S1", {0}_lcn = 1, {1}_interface = "S2", {1}_lcn = 2 }}\n'


def test_both_ends_of_a_permanent_circuit_understand_one_another(tmp_path: Path) -> None:
    here = machine_maker(
        link(tmp_path, "xot", LISTENS, PVC.format("local", "remote")), lambda: True
    )(0.0)
    there = machine_maker(
        link(tmp_path, "xot", CONNECTS, PVC.format("remote", "local")), lambda: True
    )(0.0)
    Wire(here, there).settle(0.0)
    assert here.is_open
    assert there.is_open


@pytest.mark.parametrize("transport", ["tali", "m3ua", "xot"])
@pytest.mark.parametrize("allowed", [False, True])
def test_both_ends_of_a_configured_link_understand_one_another(
    tmp_path: Path, transport: str, *, allowed: bool
) -> None:
    here = machine_maker(link(tmp_path, transport, LISTENS), lambda: allowed)(0.0)
    there = machine_maker(link(tmp_path, transport, CONNECTS), lambda: True)(0.0)
    wire = Wire(here, there)
    wire.settle(0.0)
    assert there.is_open is allowed
    here.allow(1.0)
    wire.settle(20.0)  # an ASP that was blocked asks again
    assert there.is_open
    assert here.is_open


def query(folder: Path, *lines: str) -> bytes:
    """A question written by a configured route."""
    table = '[[links]]\nname = "a"\ntransport = "tali"\nrole = "hlr"\nconnect = "192.0.2.9:5000"\n'
    (configured,) = loaded(folder, LEARN, table, "[links.query]\n", *lines).links
    assert configured.query is not None
    tcap = read(next(iter(vectors("tcap").values())), Layer.TCAP).tcap
    assert tcap is not None
    return route_of(configured.query).write(tcap)


def test_a_route_by_point_code_and_subsystem(tmp_path: Path) -> None:
    reading = read(
        query(tmp_path, 'local_point_code = "5-1-1"\nremote_point_code = "5-1-2"\n'), Layer.MTP3
    )
    assert reading.msu is not None
    assert (str(reading.msu.opc), str(reading.msu.dpc)) == ("5-1-1", "5-1-2")
    assert isinstance(reading.sccp, Unitdata)
    called = Address.decode(reading.sccp.called)
    assert (called.subsystem, str(called.point_code), called.route_on_subsystem) == (
        6,
        "5-1-2",
        True,
    )


def test_a_route_by_global_title(tmp_path: Path) -> None:
    octets = query(
        tmp_path,
        'layer = "sccp"\nremote_global_title = "6145550100"\nremote_translation_type = 9\n',
    )
    reading = read(octets, Layer.SCCP)
    assert isinstance(reading.sccp, Unitdata)
    called = Address.decode(reading.sccp.called)
    title = called.title()
    assert title is not None
    assert (title.translation_type, title.digits) == (9, "6145550100")
    assert not called.route_on_subsystem


def test_a_route_that_carries_tcap_alone_adds_nothing(tmp_path: Path) -> None:
    assert read(query(tmp_path, 'layer = "tcap"\n'), Layer.TCAP).sccp is None
