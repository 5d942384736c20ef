"""A network of the lab's nodes without sockets: a wire that can lose messages, cut and heal links."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.nodes.hlr import Hlr
from clonewatch.lab.nodes.homes import Homes, Subscriber
from clonewatch.lab.nodes.msc import Msc
from clonewatch.lab.nodes.rvcd import Rvcd
from clonewatch.lab.nodes.station import Outgoing, Peer, Station
from is41.answering import Route
from is41.layers import Layer
from is41.map.codes import AuthorizationDenied, Period, QualificationInformationCode
from is41.map.components import invoke_of
from is41.map.messages import QualificationDirective
from is41.map.values import Authorization, Esn, Mscid
from is41.mtp.pointcode import PointCode
from is41.reading import read
from is41.sccp.codes import Subsystem
from is41.tcap.codes import PackageType
from is41.tcap.messages import Package

if TYPE_CHECKING:
    from collections.abc import Callable

    from is41.map.body import Body
    from is41.tcap.messages import Component

HLR: Final = Peer(name="HLR", point_code=PointCode(10, 20, 40), subsystem=Subsystem.HLR)
PSMS: Final = Peer(name="PSMS", point_code=PointCode(10, 20, 60), subsystem=Subsystem.MAP)
RVCD_A: Final = Peer(name="RVCD A", point_code=PointCode(10, 20, 50), subsystem=Subsystem.VLR)
RVCD_B: Final = Peer(name="RVCD B", point_code=PointCode(10, 20, 51), subsystem=Subsystem.VLR)
MSCS: Final = tuple(
    Peer(
        name=f"MSC {letter}",
        point_code=PointCode(10, 20, switch),
        subsystem=Subsystem.MSC,
        mscid=Mscid(4660, switch),
    )
    for switch, letter in enumerate("AC", 1)
)
PEERS: Final = {peer.name: peer for peer in (HLR, PSMS, RVCD_A, RVCD_B, *MSCS)}
INTERVAL: Final = 12.0
OWNER: Final = Phone("6145551234", 0x82123456)
RVCDS: Final = ("RVCD A", "RVCD B")
SUSPENSION: Final = QualificationDirective(
    electronic_serial_number=Esn(OWNER.esn),
    mobile_identification_number=OWNER.min,
    qualification_information_code=QualificationInformationCode.VALIDATION_ONLY,
    authorization_denied=AuthorizationDenied.DUPLICATE_UNIT,
)
RESTORATION: Final = replace(
    SUSPENSION,
    authorization_denied=None,
    authorization_period=Authorization(period=Period.INDEFINITE, value=0),
)


def msc(peer: Peer, rvcds: tuple[str, ...] = RVCDS) -> Msc:
    return Msc(peer, PEERS, rvcds=rvcds, first_id=1000 * peer.point_code.member, interval=INTERVAL)


def rvcd(peer: Peer) -> Rvcd:
    other = tuple(name for name in RVCDS if name != peer.name)
    first_id = 100 * peer.point_code.member
    return Rvcd(
        peer, PEERS, hlr="HLR", psms="PSMS", other=other, first_id=first_id, interval=INTERVAL
    )


def hlr() -> Hlr:
    homes = Homes()
    homes.add([Subscriber(min=OWNER.min, esn=OWNER.esn, home="MSC A")])
    node = Hlr(HLR, PEERS, homes, first_id=1, interval=INTERVAL, through=RVCDS)
    weakref.finalize(node, homes.close)
    return node


def everything() -> dict[str, Station]:
    """MSC A and MSC C, both RVCDs, the HLR; the PSMS is the test's."""
    nodes: list[Station] = [*map(msc, MSCS), rvcd(RVCD_A), rvcd(RVCD_B), hlr()]
    return {node.me.name: node for node in nodes}


@dataclass
class Wire:
    """Links between nodes. *lose* says of a message, sender and all, whether it is lost."""

    nodes: dict[str, Station]
    layer: Layer = Layer.MTP3
    now: float = 1000.0
    lose: Callable[[str, Outgoing], bool] = lambda _, __: False
    outside: list[tuple[str, Outgoing]] = field(default_factory=list)  # for nodes that are none
    happenings: list[Happening] = field(default_factory=list)

    def join(self, one: str, other: str, layer: Layer | None = None) -> None:
        for here, there in ((one, other), (other, one)):
            if here in self.nodes:
                self.nodes[here].link_opened(there, layer or self.layer, self.now)
        self.pump()

    def join_all(self) -> None:
        """What FIG. 1 joins: MSCs to both RVCDs, these to one another, to the HLR and the PSMS."""
        for name in RVCDS:
            for peer in MSCS:
                self.join(peer.name, name)
            self.join(name, "HLR")
            self.join(name, "PSMS")
        self.join(*RVCDS)

    def cut(self, one: str, other: str) -> None:
        for here, there in ((one, other), (other, one)):
            if here in self.nodes:
                self.nodes[here].link_closed(there, self.now)
        self.pump()

    def kill(self, name: str) -> None:
        """End a node: nothing that it has not sent yet leaves it."""
        node = self.nodes.pop(name)
        for neighbour in set(node.links) & self.nodes.keys():
            self.nodes[neighbour].link_closed(name, self.now)
        self.pump()

    def pump(self, messages_max: int | None = None) -> None:
        """Move messages, one of each node in turn, until none is left or so many were moved."""
        moved = 0
        while moved != messages_max:
            before = moved
            for name, node in list(self.nodes.items()):
                if moved != messages_max and (message := node.next_message()) is not None:
                    moved += 1
                    self._deliver(name, message)
                while (happening := node.next_happening()) is not None:
                    self.happenings.append(happening)
            if moved == before:
                return

    def wait(self, seconds: float) -> None:
        """Let time go by, from one deadline to the next."""
        until = self.now + seconds
        while True:
            due = [at for node in self.nodes.values() if (at := node.next_deadline()) is not None]
            self.now = max(self.now, min([*due, until]))
            for node in self.nodes.values():
                node.expire(self.now)
            self.pump()
            if self.now >= until:
                return

    def direct(self, body: Body) -> Component:
        """Invoke an operation at the HLR as the PSMS would; what it answers."""
        query = Package(
            package_type=PackageType.QUERY_WITH_PERMISSION,
            originating_id=7,
            components=(invoke_of(body),),
        )
        route = Route(
            layer=self.layer,
            called=HLR.address,
            calling=PSMS.address,
            dpc=HLR.point_code,
            opc=PSMS.point_code,
        )
        node = self.nodes["HLR"]
        node.link_opened("PSMS", self.layer, self.now)
        node.receive("PSMS", route.write(query), self.layer, self.now)
        self.pump()
        answers = [message for sender, message in self.outside if sender == "HLR"]
        package = read(answers[-1].octets, self.layer).tcap
        assert isinstance(package, Package)
        assert package.components is not None
        return package.components[0]

    def told(self, *kinds: Kind) -> list[tuple[str, Kind]]:
        """Which nodes told of these kinds, in order; and forget what was told."""
        happenings, self.happenings = self.happenings, []
        return [(each.node, each.kind) for each in happenings if each.kind in kinds]

    def _deliver(self, sender: str, message: Outgoing) -> None:
        if self.lose(sender, message):
            return
        node = self.nodes.get(message.neighbour)
        if node is None:
            self.outside.append((sender, message))
        elif sender in node.links:
            node.receive(sender, message.octets, message.layer, self.now)
