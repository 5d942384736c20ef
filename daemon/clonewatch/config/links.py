"""``[[links]]``: connections to RVCDs, MSCs and HLRs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, IPvAnyNetwork

from .faults import fault
from .section import Section
from .values import (
    Connect,
    Digits,
    FilePath,
    Listen,
    Minutes,
    Mscid,
    Name,
    Octets,
    Seconds,
    SignallingPoint,
)

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

CALL_USER_DATA_OCTETS_MAX: Final = 16  # X.25: of a call without fast select
LCN_MAX: Final = 4095  # X.25: 12 bits
PACKET_LENGTHS: Final = tuple(1 << power for power in range(4, 13))  # X.25: 16 to 4,096 octets
HLR_SSN: Final = 6
VLR_SSN: Final = 7


class Role(StrEnum):
    """What a link is for."""

    TAP = "tap"  # copies of what others say: TCAP is never answered
    ANSWER = "answer"  # an MSC's own REGNOTs: each is answered once it is recorded
    RELAY = "relay"  # a splice between an MSC and its RVCD, overheard
    HLR = "hlr"  # where an HLR is asked


class Tls(Section):
    """Files in PEM. Who listens needs a certificate; who connects, an authority."""

    certificate: FilePath | None = None
    key: FilePath | None = None
    authority: FilePath | None = None  # where we listen: peers must show a certificate of it
    server_name: str | None = None  # where we connect: what the certificate says, if not the host

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        if self.key is not None and self.certificate is None:
            return [fault("certificate", "is missing: there is a key", because_of=["key"])]
        if self.certificate is not None and self.key is None:
            return [fault("key", "is missing: there is a certificate", because_of=["certificate"])]
        return []


class Query(Section):
    """How an HLR is addressed, and who asks it."""

    layer: Literal["mtp3", "sccp", "tcap"] = "mtp3"  # what the link carries
    local_point_code: SignallingPoint | None = None
    local_ssn: Annotated[int, Field(ge=0, le=255)] = VLR_SSN
    local_mscid: Mscid | None = None
    remote_point_code: SignallingPoint | None = None
    remote_global_title: Digits | None = None  # None: found by point code and subsystem
    remote_translation_type: Annotated[int, Field(ge=0, le=255)] = 3  # networks assign their own
    remote_ssn: Annotated[int, Field(ge=0, le=255)] = HLR_SSN
    answer_within_seconds: Seconds = 10

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        if self.layer != "mtp3":
            return []
        return [
            fault(
                key, "is missing: a message in MTP3 goes from one to another", because_of=["layer"]
            )
            for key in ("local_point_code", "remote_point_code")
            if getattr(self, key) is None
        ]


class BaseLink(Section):
    """What every link has."""

    name: Name
    role: Role
    listen: Listen | None = None
    connect: Connect | None = None
    peers: tuple[IPvAnyNetwork, ...] = ()  # who may connect
    connections_max: Annotated[int, Field(ge=1, le=4096)] = 64
    lateness_minutes: Minutes | None = None  # None: the window's
    silent_after_minutes: Annotated[Minutes, Field(gt=0)] | None = None
    message_within_seconds: Seconds = 30  # a far end's first, and the rest of any that it began
    tls: Tls | None = None
    hlr: Name | None = None  # role answer: the link that is asked
    authorise_unasked: bool = False  # role answer without an HLR: every subscriber is let in
    query: Query | None = None  # role hlr

    @property
    def is_source(self) -> bool:
        """Whether registrations come from it."""
        return self.role != Role.HLR

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        return [*self._directions(), *self._strangers(), *self._answers(), *self._encryption()]

    def _directions(self) -> list[InitErrorDetails]:
        given = [key for key in ("listen", "connect") if getattr(self, key) is not None]
        among = ("listen", "connect", "role")
        if self.role == Role.RELAY:
            found = [
                fault(key, "is missing: a relay listens and connects", because_of=among)
                for key in ("listen", "connect")
                if key not in given
            ]
            if "message_within_seconds" in self.model_fields_set:
                words = "a relay waits for no message"
                found.append(fault("message_within_seconds", words, because_of=["role"]))
            return found
        if len(given) == 2:
            return [fault("connect", "only a relay does both listen and connect", because_of=among)]
        if not given:
            return [fault("listen", "is missing; give listen or connect", because_of=among)]
        return []

    def _strangers(self) -> list[InitErrorDetails]:
        """Nobody registers phones with us whom the operator has not named."""
        named = self.tls is not None and self.tls.authority is not None
        because_of = ("listen", "tls", "role")
        if self.listen is None:
            words = "nobody connects to a link that does not listen"
            return [fault("peers", words, because_of=because_of)] if self.peers else []
        if not self.peers and not named:
            words = 'is missing: say who may connect, as in ["192.0.2.0/24"]'
            return [fault("peers", words, because_of=because_of)]
        open_to_all = any(network.prefixlen == 0 for network in self.peers) and not named
        if open_to_all and self.role in {Role.ANSWER, Role.HLR}:
            words = f"role {self.role} is not for everybody; name the networks, or a tls.authority"
            return [fault("peers", words, because_of=because_of)]
        return []

    def _answers(self) -> list[InitErrorDetails]:
        found = []
        if self.role == Role.ANSWER and self.hlr is None and not self.authorise_unasked:
            words = (
                "is missing: name the link of an HLR, or, if every subscriber is to be let in "
                "without asking one, say authorise_unasked = true"
            )
            found.append(fault("hlr", words, because_of=["role", "authorise_unasked"]))
        if self.hlr is not None and self.authorise_unasked:
            words = "there is an HLR to ask: leave out one of the two"
            found.append(fault("authorise_unasked", words, because_of=["hlr"]))
        found += [
            fault(key, "only role answer has it", because_of=["role"])
            for key in ("hlr", "authorise_unasked")
            if getattr(self, key) and self.role != Role.ANSWER
        ]
        if (self.query is None) == (self.role == Role.HLR):
            words = "only role hlr has it" if self.query else "is missing: how the HLR is addressed"
            found.append(fault("query", words, because_of=["role"]))
        return found

    def _encryption(self) -> list[InitErrorDetails]:
        if self.tls is None:
            return []
        because_of = ("listen", "connect", "role")
        if self.role == Role.RELAY:
            return [fault("tls", "a relay changes no octet", because_of=because_of)]
        if self.listen is not None and self.tls.certificate is None:
            return [fault("tls", "who listens needs a certificate", because_of=because_of)]
        if self.connect is not None and self.tls.authority is None:
            return [fault("tls", "who connects needs an authority", because_of=because_of)]
        return []


class TaliLink(BaseLink):
    """TALI (RFC 3094)."""

    transport: Literal["tali"]


class Pvc(Section):
    """A permanent virtual circuit (RFC 1613 §6.5)."""

    local_interface: Annotated[str, Field(min_length=1, max_length=255)]
    local_lcn: Annotated[int, Field(ge=1, le=LCN_MAX)]
    remote_interface: Annotated[str, Field(min_length=1, max_length=255)]
    remote_lcn: Annotated[int, Field(ge=1, le=LCN_MAX)]


class XotLink(BaseLink):
    """X.25 over TCP (RFC 1613)."""

    transport: Literal["xot"]
    side: Literal["caller", "called"] | None = None  # None: who connects calls
    pvc: Pvc | None = None  # None: a switched circuit
    called_address: Digits | None = None
    calling_address: Digits | None = None
    user_data: Annotated[Octets, Field(max_length=CALL_USER_DATA_OCTETS_MAX)] = b""
    modulo: Literal[8, 128] = 8
    window: Annotated[int, Field(ge=1, le=127)] = 2  # packets
    packet_length: Annotated[int, Field(ge=PACKET_LENGTHS[0], le=PACKET_LENGTHS[-1])] = 128
    ack: Literal["written", "synced"] = "written"

    @property
    def is_caller(self) -> bool:
        """Whether we place the call."""
        return self.connect is not None if self.side is None else self.side == "caller"

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        found = super().between_keys()
        if self.window >= self.modulo:
            words = f"should be less than the modulo {self.modulo}, is {self.window}"
            found.append(fault("window", words, because_of=["modulo"]))
        if self.packet_length not in PACKET_LENGTHS:
            words = f"should be a power of 2, is {self.packet_length}"
            found.append(fault("packet_length", words))
        found += [
            fault(key, "a permanent circuit has no call", because_of=["pvc"])
            for key in ("called_address", "calling_address", "user_data")
            if self.pvc is not None and getattr(self, key)
        ]
        return found


class M3uaLink(BaseLink):
    """M3UA (RFC 4666) over TCP."""

    transport: Literal["m3ua"]
    side: Literal["asp", "sg"] | None = None  # None: who connects is the ASP
    routing_context: Annotated[int, Field(ge=0, lt=1 << 32)] | None = None
    network_appearance: Annotated[int, Field(ge=0, lt=1 << 32)] | None = None

    @property
    def is_asp(self) -> bool:
        """Whether we are the application server process."""
        return self.connect is not None if self.side is None else self.side == "asp"


Link = Annotated[TaliLink | XotLink | M3uaLink, Field(discriminator="transport")]
