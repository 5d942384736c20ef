"""Layouts of IS-41 parameters, and the values they become (TIA-41.5 §6.5.2).

Spare bits are read as they come and written as zero. A layout known from memory alone is said to
be so: it gives octets where the octets do not fit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from construct import (
    BitsInteger,
    BitStruct,
    Default,
    Flag,
    GreedyBytes,
    Int8ub,
    Int16sb,
    Int16ub,
    Int24ub,
    Int32ub,
    PascalString,
    Struct,
    Switch,
)

from is41.grammar import Code, Value
from is41.mtp.grammar import POINT_CODE

from .codes import (
    Encoding,
    FeatureActivity,
    MessageType,
    MscType,
    NumberingPlan,
    Period,
    Screening,
    SmsOrigination,
    SystemMyTypeCode,
    TypeOfDigits,
)
from .grammar import (
    CountedDigits,
    HexDigits,
    Identifier,
    ImsiDigits,
    MinDigits,
    OrNone,
    OrOctets,
    Rows,
)

if TYPE_CHECKING:
    from construct import Construct

    from is41.mtp.pointcode import PointCode

PSEUDO_ESN_MANUFACTURER: Final = 0x80


@dataclass(frozen=True, slots=True, order=True)
class Esn:
    """An electronic serial number, printed as 8 hex digits.

    Later allocations take 14 bits for the manufacturer and 18 for the serial number; which ones
    do, the octets do not tell, so that *manufacturer* and *serial* are always 8 and 24 bits.
    """

    number: int

    @property
    def manufacturer(self) -> int:
        """The manufacturer's code, 8 bits."""
        return self.number >> 24

    @property
    def serial(self) -> int:
        """The serial number, 24 bits."""
        return self.number & 0xFFFFFF

    @property
    def is_pseudo(self) -> bool:
        """Whether it was made from a MEID, and so may not be one phone's alone. From memory."""
        return self.manufacturer == PSEUDO_ESN_MANUFACTURER

    @property
    def decimal(self) -> str:
        """The eleven digits printed in phones: 3 of the manufacturer, 8 of the serial number."""
        return f"{self.manufacturer:03d}{self.serial:08d}"

    def __int__(self) -> int:
        return self.number

    def __str__(self) -> str:
        return f"{self.number:08X}"


@dataclass(frozen=True, slots=True, order=True)
class Mscid:
    """A switch: its market and its number there, printed 4660-1."""

    market_id: int
    switch_number: int

    def __int__(self) -> int:
        return self.market_id << 8 | self.switch_number

    def __str__(self) -> str:
        return f"{self.market_id}-{self.switch_number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedMscid:
    """A switch, or the system of another kind that is named like one."""

    msc_type: MscType | int
    market_id: int
    switch_number: int

    @property
    def mscid(self) -> Mscid:
        """The MSCID within."""
        return Mscid(self.market_id, self.switch_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedSystemMyTypeCode:
    """The maker of a system of some kind."""

    msc_type: MscType | int
    system_my_type_code: SystemMyTypeCode | int


@dataclass(frozen=True, slots=True, kw_only=True)
class PcSsn:
    """The signalling address of a system of some kind."""

    msc_type: MscType | int
    point_code: PointCode
    subsystem: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """How long an authorization lasts, or a denial."""

    period: Period | int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChannelData:
    """The analog control channel that the phone uses."""

    dcc: int
    cmac: int
    channel_number: int
    sdcc1: int
    sdcc2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemAccessData:
    """The switch and the cell where the phone was heard."""

    mscid: Mscid
    serving_cell_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CdmaNetworkIdentification:
    """The CDMA system and the network within it."""

    sid: int
    nid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWaitingNotificationCount:
    """How many messages of a type wait."""

    message_type: MessageType | int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsOriginationRestrictions:
    """The short messages a subscriber may send."""

    force_message_center: bool
    direct: bool
    default: SmsOrigination | int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCapability:
    """What the serving system can do; None in each field of a second octet that was not sent."""

    name: bool
    ndss: bool
    user_zone: bool
    spini: bool
    remote_user_interaction: bool
    announcements: bool
    busy_detection: bool
    profile: bool
    win_addressing: bool | None = None
    termination_list: bool | None = None
    multiple_terminations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingFeaturesIndicator:
    """The features a subscriber has; None in each feature of an octet that was not sent."""

    call_waiting: FeatureActivity | int
    call_forwarding_no_answer: FeatureActivity | int
    call_forwarding_busy: FeatureActivity | int
    call_forwarding_unconditional: FeatureActivity | int
    call_transfer: FeatureActivity | int | None = None
    voice_privacy: FeatureActivity | int | None = None
    call_delivery: FeatureActivity | int | None = None
    three_way_calling: FeatureActivity | int | None = None
    cnir_override: FeatureActivity | int | None = None
    cnir: FeatureActivity | int | None = None
    cnip_two_numbers: FeatureActivity | int | None = None
    cnip_one_number: FeatureActivity | int | None = None
    uscf_voice_mail: FeatureActivity | int | None = None
    answer_hold: FeatureActivity | int | None = None
    data_privacy: FeatureActivity | int | None = None
    priority_call_waiting: FeatureActivity | int | None = None
    cdma_concurrent_service: FeatureActivity | int | None = None
    cdma_packet_data_service: FeatureActivity | int | None = None
    uscf_network_number: FeatureActivity | int | None = None
    uscf_mobile_number: FeatureActivity | int | None = None
    tdma_enhanced_privacy: FeatureActivity | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginationTriggers:
    """The calls that make the switch ask first; None in each trigger of an octet not sent."""

    revertive_call: bool
    unrecognized_number: bool
    world_zone: bool
    international: bool
    inter_lata: bool
    intra_lata: bool
    local: bool
    all_calls: bool
    prior_agreement: bool | None = None
    double_pound: bool | None = None
    pound: bool | None = None
    double_star: bool | None = None
    star: bool | None = None
    digits_7: bool | None = None
    digits_6: bool | None = None
    digits_5: bool | None = None
    digits_4: bool | None = None
    digits_3: bool | None = None
    digits_2: bool | None = None
    digits_1: bool | None = None
    no_digits: bool | None = None
    digits_15: bool | None = None
    digits_14: bool | None = None
    digits_13: bool | None = None
    digits_12: bool | None = None
    digits_11: bool | None = None
    digits_10: bool | None = None
    digits_9: bool | None = None
    digits_8: bool | None = None


@dataclass(frozen=True, slots=True)
class SubsystemAddress:
    """What stands for digits where the numbering plan is SS7: a signalling address."""

    point_code: PointCode
    subsystem: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """A number of some type; *number* is digits, or whatever plan and encoding make of it."""

    type_of_digits: TypeOfDigits | int = TypeOfDigits.NOT_USED
    screening: Screening = Screening.USER_PROVIDED_NOT_SCREENED
    number_unavailable: bool = False
    presentation_restricted: bool = False
    international: bool = False
    numbering_plan: NumberingPlan | int = NumberingPlan.TELEPHONY
    encoding: Encoding | int = Encoding.BCD
    number: str | SubsystemAddress | bytes


# fmt: off
_DECIMAL_PLANS: Final = (
    NumberingPlan.UNKNOWN,
    NumberingPlan.TELEPHONY,
    NumberingPlan.LAND_MOBILE,
    NumberingPlan.PRIVATE,
)
_NUMBERS: Final[dict[Any, Construct[Any, Any]]] = {
    **{(plan, Encoding.BCD): CountedDigits() for plan in _DECIMAL_PLANS},
    **{(plan, Encoding.IA5): PascalString(Int8ub, "ascii") for plan in _DECIMAL_PLANS},
    (NumberingPlan.SS7_POINT_CODE, Encoding.OCTET_STRING): Value(
        Struct("point_code" / POINT_CODE, "subsystem" / Int8ub), SubsystemAddress),
}

# TIA-41.5 §6.5.2.58, Digits, and all that is made like it. The count is honoured: Wireshark shows
# the filler of an odd number as a digit. Plans without a layout here have their octets kept.
DIGITS = Rows(Struct(
    "type_of_digits" / Code(Int8ub, TypeOfDigits),
    "nature" / BitStruct(
        "reserved"                / Default(BitsInteger(2), 0),       # bits H G
        "screening"               / Code(BitsInteger(2), Screening),  # bits F E
        "reserved"                / Default(BitsInteger(1), 0),       # bit D
        "number_unavailable"      / Flag,                             # bit C
        "presentation_restricted" / Flag,                             # bit B
        "international"           / Flag,                             # bit A
    ),
    "form" / BitStruct(
        "numbering_plan"          / Code(BitsInteger(4), NumberingPlan),
        "encoding"                / Code(BitsInteger(4), Encoding),
    ),
    "number" / Switch(lambda row: (row["form"]["numbering_plan"], row["form"]["encoding"]),
                      _NUMBERS, default=GreedyBytes),
), Digits)

# TIA-41.5 §6.5.2.81, MobileIdentificationNumber: ten digits.
MIN = MinDigits()

# TIA-41.5 §6.5.2.bu, IMSI: up to fifteen digits.
IMSI = ImsiDigits()

# TIA-41.5 §6.5.2.63, ElectronicSerialNumber.
ESN = Value(Struct("number" / Int32ub), Esn)

# X.S0004, MEID: from memory, and the order of the digits in the octets is not confirmed.
MEID = OrOctets(HexDigits(7))

# TIA-41.5 §6.5.2.82, MSCID. Senders that know none leave it empty.
_MSCID = Value(Struct(
    "market_id"     / Int16ub,  # the SID, or the BID
    "switch_number" / Int8ub,
), Mscid)
MSCID = OrNone(_MSCID)

# TIA-41.5 §6.5.2.64, ExtendedMSCID.
EXTENDED_MSCID = Value(Struct(
    "msc_type"      / Code(Int8ub, MscType),
    "market_id"     / Int16ub,
    "switch_number" / Int8ub,
), ExtendedMscid)

# TIA-41.5 §6.5.2.65, ExtendedSystemMyTypeCode.
EXTENDED_SYSTEM_MY_TYPE_CODE = Value(Struct(
    "msc_type"            / Code(Int8ub, MscType),
    "system_my_type_code" / Code(Int8ub, SystemMyTypeCode),
), ExtendedSystemMyTypeCode)

# TIA-41.5 §6.5.2.93, PC_SSN.
PC_SSN = Value(Struct(
    "msc_type"   / Code(Int8ub, MscType),
    "point_code" / POINT_CODE,              # member, cluster, network
    "subsystem"  / Int8ub,
), PcSsn)

# TIA-41.5 §6.5.2.14, AuthorizationPeriod, and §6.5.2.53, DeniedAuthorizationPeriod.
AUTHORIZATION = Value(Struct(
    "period" / Code(Int8ub, Period),
    "value"  / Int8ub,
), Authorization)

# TIA-41.5 §6.5.2.51, ControlChannelData.
CONTROL_CHANNEL_DATA = Value(BitStruct(
    "dcc"            / BitsInteger(2),              # digital color code
    "reserved"       / Default(BitsInteger(3), 0),
    "cmac"           / BitsInteger(3),              # control mobile attenuation code
    "channel_number" / BitsInteger(16),
    "reserved"       / Default(BitsInteger(4), 0),
    "sdcc1"          / BitsInteger(2),              # supplementary digital color codes
    "sdcc2"          / BitsInteger(2),
), ControlChannelData)

# TIA-41.5 §6.5.2.144, SystemAccessData: from memory.
SYSTEM_ACCESS_DATA = OrOctets(Value(Struct(
    "mscid"           / _MSCID,
    "serving_cell_id" / Int16ub,
), SystemAccessData))

# TIA-41.5 §6.5.2.bk, CDMANetworkIdentification: J-STD-008, from memory.
CDMA_NETWORK_IDENTIFICATION = OrOctets(Value(Struct(
    "sid" / Int16ub,
    "nid" / Int16ub,
), CdmaNetworkIdentification))

# TIA-41.5 §6.5.2.78, MessageWaitingNotificationCount.
MESSAGE_WAITING_NOTIFICATION_COUNT = Value(Struct(
    "message_type" / Code(Int8ub, MessageType),
    "count"        / Int8ub,
), MessageWaitingNotificationCount)

# TIA-41.5 §6.5.2.136, SMS_OriginationRestrictions.
SMS_ORIGINATION_RESTRICTIONS = Value(BitStruct(
    "reserved"             / Default(BitsInteger(4), 0),
    "force_message_center" / Flag,                              # bit D
    "direct"               / Flag,                              # bit C
    "default"              / Code(BitsInteger(2), SmsOrigination),  # bits B A
), SmsOriginationRestrictions)

# TIA-41.5 §6.5.2.160, TransactionCapability.
TRANSACTION_CAPABILITY = Rows(Struct(
    "octet_1" / BitStruct(
        "name"                    / Flag,  # CNAP, CNAR
        "ndss"                    / Flag,
        "user_zone"               / Flag,
        "spini"                   / Flag,  # subscriber PIN intercept
        "remote_user_interaction" / Flag,
        "announcements"           / Flag,
        "busy_detection"          / Flag,
        "profile"                 / Flag,  # that of IS-41-C
    ),
    "octet_2" / OrNone(BitStruct(  # old revisions have one octet
        "reserved"                / Default(BitsInteger(2), 0),
        "win_addressing"          / Flag,
        "termination_list"        / Flag,
        "multiple_terminations"   / BitsInteger(4),  # call legs; 0: cannot accept
    )),
), TransactionCapability)

_ACTIVITY: Final = Code(BitsInteger(2), FeatureActivity)

# TIA-41.5 §6.5.2.20, CallingFeaturesIndicator. Wireshark aborts the message on fewer than three
# octets.
CALLING_FEATURES_INDICATOR = Rows(Struct(
    "octet_1" / BitStruct(
        "call_waiting"                  / _ACTIVITY,  # CW
        "call_forwarding_no_answer"     / _ACTIVITY,  # CFNA
        "call_forwarding_busy"          / _ACTIVITY,  # CFB
        "call_forwarding_unconditional" / _ACTIVITY,  # CFU
    ),
    "octet_2" / OrNone(BitStruct(
        "call_transfer"                 / _ACTIVITY,  # CT
        "voice_privacy"                 / _ACTIVITY,  # VP
        "call_delivery"                 / _ACTIVITY,  # CD
        "three_way_calling"             / _ACTIVITY,  # 3WC
    )),
    "octet_3" / OrNone(BitStruct(
        "cnir_override"                 / _ACTIVITY,
        "cnir"                          / _ACTIVITY,
        "cnip_two_numbers"              / _ACTIVITY,  # CNIP2
        "cnip_one_number"               / _ACTIVITY,  # CNIP1
    )),
    "octet_4" / OrNone(BitStruct(
        "uscf_voice_mail"               / _ACTIVITY,  # USCFvm
        "answer_hold"                   / _ACTIVITY,  # AH
        "data_privacy"                  / _ACTIVITY,  # DP
        "priority_call_waiting"         / _ACTIVITY,  # PCW
    )),
    "octet_5" / OrNone(BitStruct(
        "cdma_concurrent_service"       / _ACTIVITY,  # CCS
        "cdma_packet_data_service"      / _ACTIVITY,  # CPDS
        "uscf_network_number"           / _ACTIVITY,  # USCFnr
        "uscf_mobile_number"            / _ACTIVITY,  # USCFms
    )),
    "octet_6" / OrNone(BitStruct(
        "reserved"                      / Default(BitsInteger(6), 0),
        "tdma_enhanced_privacy"         / _ACTIVITY,  # EPE
    )),
), CallingFeaturesIndicator)

# TIA-41.5 §6.5.2.90, OriginationTriggers.
ORIGINATION_TRIGGERS = Rows(Struct(
    "octet_1" / BitStruct(
        "revertive_call"      / Flag,
        "unrecognized_number" / Flag,
        "world_zone"          / Flag,
        "international"       / Flag,
        "inter_lata"          / Flag,  # OLATA
        "intra_lata"          / Flag,  # ILATA
        "local"               / Flag,
        "all_calls"           / Flag,
    ),
    "octet_2" / OrNone(BitStruct(
        "reserved"            / Default(BitsInteger(3), 0),
        "prior_agreement"     / Flag,
        "double_pound"        / Flag,
        "pound"               / Flag,
        "double_star"         / Flag,
        "star"                / Flag,
    )),
    "octet_3" / OrNone(BitStruct(
        "digits_7"            / Flag,
        "digits_6"            / Flag,
        "digits_5"            / Flag,
        "digits_4"            / Flag,
        "digits_3"            / Flag,
        "digits_2"            / Flag,
        "digits_1"            / Flag,
        "no_digits"           / Flag,
    )),
    "octet_4" / OrNone(BitStruct(
        "digits_15"           / Flag,
        "digits_14"           / Flag,
        "digits_13"           / Flag,
        "digits_12"           / Flag,
        "digits_11"           / Flag,
        "digits_10"           / Flag,
        "digits_9"            / Flag,
        "digits_8"            / Flag,
    )),
), OriginationTriggers)

# TIA-41.5 §6.5.2.dd, TimeDateOffset: minutes from UTC, from memory.
TIME_DATE_OFFSET = OrOctets(Int16sb)

# TIA-41.5 §6.5.2.em, TimeOfDay: tenths of a second since midnight UTC, from memory.
TIME_OF_DAY = OrOctets(Int24ub)

# TIA-41.5 §6.5.2, FaultyParameter: the tag of the parameter at fault, from memory.
FAULTY_PARAMETER = OrOctets(Identifier())
# fmt: on
