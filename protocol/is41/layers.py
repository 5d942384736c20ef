"""The layers that a message's octets may begin with."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from .mtp.codes import LABEL_LENGTH, ServiceIndicator
from .sccp.codes import MessageType
from .tcap.codes import PackageType

ITU_PACKAGES: Final = range(0x61, 0x68)  # Q.773, message type tags


class Layer(IntEnum):
    """The outermost layer that a message's octets begin with."""

    TCAP = 0
    SCCP = 1
    MTP3 = 2


def layer_of(octets: bytes) -> Layer | None:
    """Tell which layer octets begin with by looking at them; None where none fits.

    Sure for what IS-41 uses: TCAP begins with a package type, SCCP with a connectionless message
    type, and an MSU holds one behind a label whose SIO says SCCP.
    """
    if octets[:1] and (octets[0] in set(PackageType) or octets[0] in ITU_PACKAGES):
        return Layer.TCAP
    if octets[:1] and octets[0] in set(MessageType):
        return Layer.SCCP
    inner = octets[LABEL_LENGTH : LABEL_LENGTH + 1]
    if inner and octets[0] & 0x0F == ServiceIndicator.SCCP and inner[0] in set(MessageType):
        return Layer.MTP3
    return None
