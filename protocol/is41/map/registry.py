"""What each parameter holds: tag to layout (TIA-41.5 §6.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from construct import Construct, Int8ub

from is41.ber import CONSTRUCTED, write_tag
from is41.errors import DecodeError, EncodeError
from is41.grammar import Code, build, parse

from . import codes, values
from .grammar import Flags, Nested, Present
from .parameters import Parameters
from .tags import ParameterTag as Tag
from .tags import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import IntEnum

CLAUSE: Final = "X.S0004"


class Layout(NamedTuple):
    """How the octets of a parameter are read and written, and the type of what they become."""

    grammar: Construct[Any, Any]
    kind: Any


def _coded(table: type[IntEnum]) -> Layout:
    return Layout(Code(Int8ub, table), table | int)


_DIGITS: Final = Layout(values.DIGITS, values.Digits)
_MIN: Final = Layout(values.MIN, str)
_IMSI: Final = Layout(values.IMSI, str)
_NUMBER: Final = Layout(Int8ub, int)
_PRESENT: Final = Layout(Present(), Literal[True])
_PARAMETERS: Final = Layout(Nested(), Parameters)
_AUTHORIZATION: Final = Layout(values.AUTHORIZATION, values.Authorization)

# fmt: off
# Which parameters hold digits, MINs and IMSIs is as Wireshark 4.0.17 reads them. 9F816F holds
# digits under one of its two names only, and so stays octets.
REGISTRY: Final[Mapping[int, Layout]] = {
    **{tag: _PARAMETERS for tag in Tag if write_tag(tag)[0] & CONSTRUCTED},

    Tag.ACCESS_DENIED_REASON:           _coded(codes.AccessDeniedReason),
    Tag.AUTHENTICATION_CAPABILITY:      _coded(codes.AuthenticationCapability),
    Tag.AUTHORIZATION_DENIED:           _coded(codes.AuthorizationDenied),
    Tag.AUTHORIZATION_PERIOD:           _AUTHORIZATION,
    Tag.AVAILABILITY_TYPE:              _coded(codes.AvailabilityType),
    Tag.BORDER_CELL_ACCESS:             _coded(codes.BorderCellAccess),
    Tag.CALL_HISTORY_COUNT:             _NUMBER,
    Tag.CALL_HISTORY_COUNT_EXPECTED:    _NUMBER,
    Tag.CALLING_FEATURES_INDICATOR:     Layout(values.CALLING_FEATURES_INDICATOR,
                                               values.CallingFeaturesIndicator),
    Tag.CANCELLATION_DENIED:            _coded(codes.CancellationDenied),
    Tag.CANCELLATION_TYPE:              _coded(codes.CancellationType),
    Tag.CDMA_NETWORK_IDENTIFICATION:    Layout(values.CDMA_NETWORK_IDENTIFICATION,
                                               values.CdmaNetworkIdentification | bytes),
    Tag.CONTROL_CHANNEL_DATA:           Layout(values.CONTROL_CHANNEL_DATA,
                                               values.ControlChannelData),
    Tag.CONTROL_CHANNEL_MODE:           _coded(codes.ControlChannelMode),
    Tag.DENIED_AUTHORIZATION_PERIOD:    _AUTHORIZATION,
    Tag.DENY_ACCESS:                    _coded(codes.DenyAccess),
    Tag.DEREGISTRATION_TYPE:            _coded(codes.DeregistrationType),
    Tag.ELECTRONIC_SERIAL_NUMBER:       Layout(values.ESN, values.Esn),
    Tag.EXTENDED_MSCID:                 Layout(values.EXTENDED_MSCID, values.ExtendedMscid),
    Tag.EXTENDED_SYSTEM_MY_TYPE_CODE:   Layout(values.EXTENDED_SYSTEM_MY_TYPE_CODE,
                                               values.ExtendedSystemMyTypeCode),
    Tag.FAULTY_PARAMETER:               Layout(values.FAULTY_PARAMETER, Tag | int | bytes),
    Tag.GEOGRAPHIC_AUTHORIZATION:       _coded(codes.GeographicAuthorization),
    Tag.LIR_MODE:                       _coded(codes.LirMode),
    Tag.MEID:                           Layout(values.MEID, str | bytes),
    Tag.MEID_VALIDATED:                 _PRESENT,
    Tag.MESSAGE_WAITING_NOTIFICATION_COUNT: Layout(values.MESSAGE_WAITING_NOTIFICATION_COUNT,
                                                   values.MessageWaitingNotificationCount),
    Tag.MSCID:                          Layout(values.MSCID, values.Mscid | None),
    Tag.ORIGINATION_INDICATOR:          _coded(codes.OriginationIndicator),
    Tag.ORIGINATION_TRIGGERS:           Layout(values.ORIGINATION_TRIGGERS,
                                               values.OriginationTriggers),
    Tag.PC_SSN:                         Layout(values.PC_SSN, values.PcSsn),
    Tag.QUALIFICATION_INFORMATION_CODE: _coded(codes.QualificationInformationCode),
    Tag.RECEIVED_SIGNAL_QUALITY:        _NUMBER,
    Tag.REPORT_TYPE:                    _coded(codes.ReportType),
    Tag.SERVICE_REDIRECTION_CAUSE:      _coded(codes.ServiceRedirectionCause),
    Tag.SMS_MESSAGE_WAITING_INDICATOR:  _PRESENT,
    Tag.SMS_ORIGINATION_RESTRICTIONS:   Layout(values.SMS_ORIGINATION_RESTRICTIONS,
                                               values.SmsOriginationRestrictions),
    Tag.SSD_NOT_SHARED:                 _coded(codes.SsdNotShared),
    Tag.SYSTEM_ACCESS_DATA:             Layout(values.SYSTEM_ACCESS_DATA,
                                               values.SystemAccessData | bytes),
    Tag.SYSTEM_ACCESS_TYPE:             _coded(codes.SystemAccessType),
    Tag.SYSTEM_CAPABILITIES:            Layout(Flags(Int8ub, codes.SystemCapabilities),
                                               codes.SystemCapabilities),
    Tag.SYSTEM_MY_TYPE_CODE:            _coded(codes.SystemMyTypeCode),
    Tag.TERMINAL_TYPE:                  _coded(codes.TerminalType),
    Tag.TERMINATION_RESTRICTION_CODE:   _coded(codes.TerminationRestrictionCode),
    Tag.TIME_DATE_OFFSET:               Layout(values.TIME_DATE_OFFSET, int | bytes),
    Tag.TIME_OF_DAY:                    Layout(values.TIME_OF_DAY, int | bytes),
    Tag.TRANSACTION_CAPABILITY:         Layout(values.TRANSACTION_CAPABILITY,
                                               values.TransactionCapability),
    Tag.UPDATE_COUNT:                   _coded(codes.UpdateCount),

    Tag.MOBILE_IDENTIFICATION_NUMBER:   _MIN,
    Tag.MOBILE_STATION_MIN:             _MIN,
    Tag.NEWLY_ASSIGNED_MIN:             _MIN,
    Tag.IMSI:                           _IMSI,
    Tag.MOBILE_STATION_IMSI:            _IMSI,
    Tag.NEWLY_ASSIGNED_IMSI:            _IMSI,

    Tag.CALLING_PARTY_NUMBER_DIGITS_1:  _DIGITS,
    Tag.CALLING_PARTY_NUMBER_DIGITS_2:  _DIGITS,
    Tag.CALLING_PARTY_NUMBER_STRING_1:  _DIGITS,
    Tag.CALLING_PARTY_NUMBER_STRING_2:  _DIGITS,
    Tag.CARRIER_DIGITS:                 _DIGITS,
    Tag.DESTINATION_DIGITS:             _DIGITS,
    Tag.DIGITS:                         _DIGITS,
    Tag.DMH_ACCOUNT_CODE_DIGITS:        _DIGITS,
    Tag.DMH_ALTERNATE_BILLING_DIGITS:   _DIGITS,
    Tag.DMH_BILLING_DIGITS:             _DIGITS,
    Tag.LCS_CLIENT_ID:                  _DIGITS,
    Tag.MOBILE_DIRECTORY_NUMBER:        _DIGITS,
    Tag.MPC_ADDRESS:                    _DIGITS,
    Tag.MPCID:                          _DIGITS,
    Tag.MSC_ADDRESS:                    _DIGITS,
    Tag.MSC_IDENTIFICATION_NUMBER:      _DIGITS,
    Tag.PILOT_NUMBER:                   _DIGITS,
    Tag.REDIRECTING_NUMBER_DIGITS:      _DIGITS,
    Tag.REDIRECTING_NUMBER_STRING:      _DIGITS,
    Tag.RESTRICTION_DIGITS:             _DIGITS,
    Tag.ROUTING_DIGITS:                 _DIGITS,
    Tag.SENDER_IDENTIFICATION_NUMBER:   _DIGITS,
    Tag.SMS_ADDRESS:                    _DIGITS,
    Tag.SMS_DESTINATION_ADDRESS:        _DIGITS,
    Tag.SMS_ORIGINAL_DESTINATION_ADDRESS: _DIGITS,
    Tag.SMS_ORIGINAL_ORIGINATING_ADDRESS: _DIGITS,
    Tag.SMS_ORIGINATING_ADDRESS:        _DIGITS,
    Tag.SPINIPIN:                       _DIGITS,
    Tag.VOICE_MAILBOX_NUMBER:           _DIGITS,
    Tag.VOICE_MAILBOX_PIN:              _DIGITS,
}
# fmt: on


def decode_value(tag: int, octets: bytes) -> Any:
    """Read the contents of a parameter; octets where it has no layout.

    Raises DecodeError, with the offset counted from the first octet of the contents.
    """
    layout = REGISTRY.get(tag)
    if layout is None:
        return octets
    try:
        return parse(layout.grammar, octets, what="parameter", clause=CLAUSE)
    except DecodeError as error:
        error.what, error.field = "parameter", name_of(tag)
        error.clause = f"{CLAUSE}, {error.field}"
        raise


def encode_value(tag: int, value: Any) -> bytes:
    """Write the contents of a parameter. Raises EncodeError."""
    layout = REGISTRY.get(tag)
    try:
        if layout is None:
            return bytes(memoryview(value))
        return build(layout.grammar, value)
    except (AttributeError, EncodeError, TypeError) as exc:
        raise EncodeError(f"{name_of(tag)}: {exc}") from exc
