"""What the two ends of an M3UA association have to agree on, and their timers (RFC 4666)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from is41.adaptation.messages import Parameter

from .codes import ParameterTag

if TYPE_CHECKING:
    from .codes import TrafficMode

T_ACK: Final = 2.0  # seconds to answer a request, RFC 4666 §4.3.4.1
T_BEAT: Final = 30.0  # seconds between heartbeats; within twice that something must be heard
T_DRAIN: Final = 2.0  # seconds that DATA on its way is still taken: ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Intervals in seconds; *t_beat* 0 sends no heartbeats and misses none.

    Without a *routing_context* or *network_appearance* any is taken, and none sent.
    """

    routing_context: int | None = None
    network_appearance: int | None = None
    traffic_mode: TrafficMode | None = None
    asp_identifier: int | None = None
    t_ack: float = T_ACK
    t_beat: float = T_BEAT
    t_drain: float = T_DRAIN

    def parameters(self, *tags: ParameterTag) -> tuple[Parameter, ...]:
        """Those of the parameters that are set, in the order asked for."""
        numbers = {
            ParameterTag.ROUTING_CONTEXT: self.routing_context,
            ParameterTag.NETWORK_APPEARANCE: self.network_appearance,
            ParameterTag.TRAFFIC_MODE_TYPE: self.traffic_mode,
            ParameterTag.ASP_IDENTIFIER: self.asp_identifier,
        }
        values = ((tag, numbers[tag]) for tag in tags)
        return tuple(Parameter.of(tag, number) for tag, number in values if number is not None)
