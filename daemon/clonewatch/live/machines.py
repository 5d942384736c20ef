"""Link machines and routes, as the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.config.links import M3uaLink, XotLink
from clonewatch.links.urls import Transport, link_maker
from is41.answering import Route
from is41.layers import Layer
from is41.m3ua.settings import Settings as M3ua
from is41.mtp.pointcode import PointCode
from is41.sccp.addresses import Address as SccpAddress
from is41.sccp.addresses import GlobalTitle
from is41.xot.settings import Pvc
from is41.xot.settings import Settings as XotSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.config.links import Link, Query
    from is41.link import Link as Machine

_NOBODY: Final = PointCode(0, 0, 0)  # where the layer has no label


def machine_maker(link: Link, is_allowed: Callable[[], bool]) -> Callable[[float], Machine]:
    """What makes the machine of each new connection; *is_allowed*: whether far ends may send."""
    transport = Transport(link.transport)
    if isinstance(link, M3uaLink):
        m3ua = M3ua(
            routing_context=link.routing_context, network_appearance=link.network_appearance
        )
        return link_maker(transport, begins=link.is_asp, is_allowed=is_allowed, m3ua=m3ua)
    if isinstance(link, XotLink):
        return link_maker(transport, begins=link.is_caller, is_allowed=is_allowed, xot=_xot(link))
    return link_maker(transport, begins=link.connect is not None, is_allowed=is_allowed)


def _xot(link: XotLink) -> XotSettings:
    pvc = None
    if link.pvc is not None:
        ours = link.pvc.local_interface, link.pvc.local_lcn
        theirs = link.pvc.remote_interface, link.pvc.remote_lcn
        initiator, responder = (ours, theirs) if link.is_caller else (theirs, ours)
        pvc = Pvc(
            initiator=initiator[0],
            initiator_lcn=initiator[1],
            responder=responder[0],
            responder_lcn=responder[1],
        )
    return XotSettings(
        modulo=link.modulo,
        window=link.window,
        packet_length=link.packet_length,
        user_data=link.user_data,
        called=link.called_address or "",
        calling=link.calling_address or "",
        lcn=1 if link.pvc is None else link.pvc.local_lcn,
        pvc=pvc,
    )


def route_of(query: Query) -> Route:
    """How an HLR is addressed."""
    title_format, title = 0, b""
    if query.remote_global_title is not None:
        title_format, title = GlobalTitle(
            translation_type=query.remote_translation_type, digits=query.remote_global_title
        ).encode()
    called = SccpAddress(
        route_on_subsystem=not title,
        subsystem=query.remote_ssn,
        point_code=query.remote_point_code,
        global_title_format=title_format,
        global_title=title,
    )
    return Route(
        layer=Layer[query.layer.upper()],
        called=called,
        calling=SccpAddress(subsystem=query.local_ssn, point_code=query.local_point_code),
        dpc=query.remote_point_code or _NOBODY,
        opc=query.local_point_code or _NOBODY,
    )
