"""TIA-41.5 §6.4.2 and §6.5.2: what tshark 4.0.17 reads in our messages, field by field.

Its faults, or limits, met here (protocol.md 9 lists them, and more):

 1. An odd number's filler is shown as a digit: the count of digits is not looked at.
 2. BCD digits A and F are shown as "?"; an F in a high nibble ends the number, as does a NUL in one
    of IA5.
 3. Of Digits in another encoding than BCD and IA5 the first octet is shown as their count, unless
    the plan is 0; of some plans none at all ends the dissection of the message.
 4. The first Digits of a body are the carrier's, whatever their type.
 5. In MSInactive the field of the ESN is called lectronicSerialNumber.
 6. Calling features of fewer than three octets, a transaction capability of one and origination
    triggers of fewer than four end the dissection of the message, as do an MSCID without contents,
    an IMSI of fewer than five digits, and other lengths than expected of parameters that we keep
    as octets.
 7. Of ServicesResult the low bits alone are shown.
 8. A TimeOfDay is signed.
 9. The profile in QualificationRequest's result lacks six parameters.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import strategies as st

from is41.map.body import Body, Row, table
from is41.map.codes import Encoding, NumberingPlan, SystemCapabilities
from is41.map.messages import BODIES, QualificationRequestResult
from is41.map.operations import FAMILY, ErrorCode, Operation, error_code, operation_code
from is41.map.parameters import Parameter, Parameters
from is41.map.registry import REGISTRY, decode_value, encode_value
from is41.map.tags import ParameterTag as Tag
from is41.map.values import (
    Authorization,
    CallingFeaturesIndicator,
    ControlChannelData,
    Digits,
    ExtendedMscid,
    ExtendedSystemMyTypeCode,
    MessageWaitingNotificationCount,
    Mscid,
    OriginationTriggers,
    PcSsn,
    SmsOriginationRestrictions,
    SubsystemAddress,
    TransactionCapability,
)
from is41.mtp.pointcode import PointCode
from is41.tcap import messages as tcap
from is41.tcap.codes import PackageType, ParameterTag
from map_values import samples, values_of
from tshark import USER_0, Fields, dissect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

pytestmark = pytest.mark.tshark

MESSAGES_PER_BODY: Final = 30
MESSAGES_PER_PARAMETER: Final = 12

Shown = dict[str, list[set[str]]]  # by field: for each time it is shown, the texts that will do

# fmt: off
# What tshark calls the fields of our values, in its "ansi_map." namespace, lower case.
NAMES: Final[dict[type, dict[str, str]]] = {
    Authorization: {"period": "{}.period", "value": "value"},
    CallingFeaturesIndicator: {
        "call_waiting":                  "callingfeaturesindicator.cwfa",
        "call_forwarding_no_answer":     "callingfeaturesindicator.cfnafa",
        "call_forwarding_busy":          "callingfeaturesindicator.cfbafa",
        "call_forwarding_unconditional": "callingfeaturesindicator.cfufa",
        "call_transfer":                 "callingfeaturesindicator.ctfa",
        "voice_privacy":                 "callingfeaturesindicator.vpfa",
        "call_delivery":                 "callingfeaturesindicator.cdfa",
        "three_way_calling":             "callingfeaturesindicator.3wcfa",
        "cnir_override":                 "callingfeaturesindicator.cniroverfa",
        "cnir":                          "callingfeaturesindicator.cnirfa",
        "cnip_two_numbers":              "callingfeaturesindicator.cnip2fa",
        "cnip_one_number":               "callingfeaturesindicator.cnip1fa",
        "uscf_voice_mail":               "callingfeaturesindicator.uscfvmfa",
        "answer_hold":                   "callingfeaturesindicator.ahfa",
        "data_privacy":                  "callingfeaturesindicator.dpfa",
        "priority_call_waiting":         "callingfeaturesindicator.pcwfa",
        "cdma_concurrent_service":       "callingfeaturesindicator.ccsfa",
        "cdma_packet_data_service":      "callingfeaturesindicator.cpdfa",
        "uscf_network_number":           "callingfeaturesindicator.uscfnrfa",
        "uscf_mobile_number":            "callingfeaturesindicator.uscfmsfa",
        "tdma_enhanced_privacy":         "callingfeaturesindicator.epefa",
    },
    ControlChannelData: {
        "dcc": "controlchanneldata.dcc", "cmac": "controlchanneldata.cmac",
        "channel_number": "controlchanneldata.chno",
        "sdcc1": "controlchanneldata.ssdc1", "sdcc2": "controlchanneldata.ssdc2",
    },
    Digits: {
        "type_of_digits": "type_of_digits", "screening": "si", "number_unavailable": "navail",
        "presentation_restricted": "type_of_pi", "international": "na",
        "numbering_plan": "np", "encoding": "enc",
    },
    ExtendedMscid: {
        "msc_type": "extendedmscid.type", "market_id": "marketid", "switch_number": "swno",
    },
    ExtendedSystemMyTypeCode: {
        "msc_type": "extendedmscid.type", "system_my_type_code": "systemmytypecode",
    },
    MessageWaitingNotificationCount: {
        "message_type": "messagewaitingnotificationcount.tom",
        "count": "messagewaitingnotificationcount.nomw",
    },
    Mscid: {"market_id": "marketid", "switch_number": "swno"},
    OriginationTriggers: {
        "revertive_call":      "originationtriggers.rvtc",
        "unrecognized_number": "originationtriggers.unrec",
        "world_zone":          "originationtriggers.wz",
        "international":       "originationtriggers.int",
        "inter_lata":          "originationtriggers.olata",
        "intra_lata":          "originationtriggers.ilata",
        "local":               "originationtriggers.local",
        "all_calls":           "originationtriggers.all",
        "prior_agreement":     "originationtriggers.pa",
        "double_pound":        "originationtriggers.dp",
        "pound":               "originationtriggers.pound",
        "double_star":         "originationtriggers.ds",
        "star":                "originationtriggers.star",
        "digits_7":            "originationtriggers.sevendig",
        "digits_6":            "originationtriggers.sixdig",
        "digits_5":            "originationtriggers.fivedig",
        "digits_4":            "originationtriggers.fourdig",
        "digits_3":            "originationtriggers.threedig",
        "digits_2":            "originationtriggers.twodig",
        "digits_1":            "originationtriggers.onedig",
        "no_digits":           "originationtriggers.nodig",
        "digits_15":           "originationtriggers.fifteen",
        "digits_14":           "originationtriggers.fourteen",
        "digits_13":           "originationtriggers.thirteen",
        "digits_12":           "originationtriggers.twelve",
        "digits_11":           "originationtriggers.eleven",
        "digits_10":           "originationtriggers.ten",
        "digits_9":            "originationtriggers.nine",
        "digits_8":            "originationtriggers.eight",
    },
    PcSsn: {"msc_type": "extendedmscid.type", "point_code": "point_code", "subsystem": "ssn"},
    SmsOriginationRestrictions: {
        "force_message_center": "originationrestrictions.fmc",
        "direct": "originationrestrictions.direct",
        "default": "originationrestrictions.default",
    },
    SubsystemAddress: {"point_code": "point_code", "subsystem": "ssn"},
    SystemCapabilities: {
        "DATA_PRIVACY":                        "systemcapabilities.dp",
        "SHARED_SSD":                          "systemcapabilities.ssd",
        "CAVE_ALGORITHM":                      "systemcapabilities.cave",
        "VOICE_PRIVACY":                       "systemcapabilities.vp",
        "SIGNALING_MESSAGE_ENCRYPTION":        "systemcapabilities.se",
        "AUTHENTICATION_PARAMETERS_REQUESTED": "systemcapabilities.auth",
    },
    TransactionCapability: {
        "name":                    "trans_cap_nami",
        "ndss":                    "trans_cap_ndss",
        "user_zone":               "trans_cap_uzci",
        "spini":                   "trans_cap_spini",
        "remote_user_interaction": "trans_cap_rui",
        "announcements":           "trans_cap_ann",
        "busy_detection":          "trans_cap_busy",
        "profile":                 "trans_cap_prof",
        "win_addressing":          "trans_cap_waddr",
        "termination_list":        "trans_cap_tl",
        "multiple_terminations":   "trans_cap_multerm",
    },
}
# fmt: on

# Where tshark knows a parameter that no typed body has.
INVOKE, RESULT = 0, 1
PLACES: Final[dict[int, tuple[Operation, int]]] = {
    Tag.TERMINATION_LIST: (Operation.LOCATION_REQUEST, RESULT),
    Tag.ANNOUNCEMENT_LIST: (Operation.LOCATION_REQUEST, RESULT),
    Tag.CDMA_CODE_CHANNEL_LIST: (Operation.HANDOFF_TO_THIRD, RESULT),
    Tag.CDMA_TARGET_MEASUREMENT_LIST: (Operation.HANDOFF_TO_THIRD, INVOKE),
    Tag.CDMA_TARGET_MAHO_LIST: (Operation.HANDOFF_TO_THIRD, INVOKE),
    Tag.TARGET_MEASUREMENT_LIST: (Operation.HANDOFF_MEASUREMENT_REQUEST_2, RESULT),
    Tag.CDMA_BAND_CLASS_LIST: (Operation.HANDOFF_TO_THIRD, INVOKE),
    Tag.TARGET_CELL_ID_LIST: (Operation.HANDOFF_MEASUREMENT_REQUEST, INVOKE),
    Tag.CDMA_CONNECTION_REFERENCE_LIST: (Operation.FACILITIES_DIRECTIVE_2, INVOKE),
    Tag.DATA_ACCESS_ELEMENT_LIST: (Operation.SERVICE_REQUEST, INVOKE),
    Tag.MODIFICATION_REQUEST_LIST: (Operation.MODIFY, INVOKE),
    Tag.MODIFICATION_RESULT_LIST: (Operation.MODIFY, RESULT),
    Tag.SERVICE_DATA_ACCESS_ELEMENT_LIST: (Operation.SEARCH, INVOKE),
    Tag.CALL_RECOVERY_ID_LIST: (Operation.CALL_RECOVERY_REPORT, INVOKE),
    Tag.POSITION_INFORMATION: (Operation.INTER_SYSTEM_POSITION_REQUEST, RESULT),
    Tag.EXECUTE_SCRIPT: (Operation.SRF_DIRECTIVE, INVOKE),
    Tag.ACCESS_DENIED_REASON: (Operation.LOCATION_REQUEST, RESULT),
    Tag.EXTENDED_SYSTEM_MY_TYPE_CODE: (Operation.INTER_SYSTEM_PAGE, INVOKE),
    Tag.TIME_DATE_OFFSET: (Operation.SERVICE_REQUEST, INVOKE),
    Tag.TIME_OF_DAY: (Operation.SERVICE_REQUEST, INVOKE),
    Tag.MOBILE_STATION_MIN: (Operation.AUTHENTICATION_DIRECTIVE, INVOKE),
    Tag.NEWLY_ASSIGNED_MIN: (Operation.SMS_DELIVERY_POINT_TO_POINT, INVOKE),
    Tag.MOBILE_STATION_IMSI: (Operation.SMS_DELIVERY_POINT_TO_POINT, RESULT),
    Tag.NEWLY_ASSIGNED_IMSI: (Operation.SMS_DELIVERY_POINT_TO_POINT, INVOKE),
    Tag.CALLING_PARTY_NUMBER_DIGITS_1: (Operation.LOCATION_REQUEST, INVOKE),
    Tag.CALLING_PARTY_NUMBER_DIGITS_2: (Operation.LOCATION_REQUEST, INVOKE),
    Tag.CALLING_PARTY_NUMBER_STRING_1: (Operation.LOCATION_REQUEST, RESULT),
    Tag.CALLING_PARTY_NUMBER_STRING_2: (Operation.LOCATION_REQUEST, RESULT),
    Tag.LCS_CLIENT_ID: (Operation.GEO_POSITION_REQUEST, INVOKE),
    Tag.MPCID: (Operation.INTER_SYSTEM_POSITION_REQUEST, INVOKE),
    Tag.PILOT_NUMBER: (Operation.ROUTING_REQUEST, INVOKE),
    Tag.REDIRECTING_NUMBER_DIGITS: (Operation.LOCATION_REQUEST, INVOKE),
    Tag.REDIRECTING_NUMBER_STRING: (Operation.LOCATION_REQUEST, RESULT),
    Tag.SMS_DESTINATION_ADDRESS: (Operation.SMS_DELIVERY_BACKWARD, INVOKE),
    Tag.SMS_ORIGINAL_DESTINATION_ADDRESS: (Operation.SMS_DELIVERY_BACKWARD, INVOKE),
    Tag.SMS_ORIGINAL_ORIGINATING_ADDRESS: (Operation.SMS_DELIVERY_BACKWARD, INVOKE),
    Tag.SMS_ORIGINATING_ADDRESS: (Operation.SMS_DELIVERY_BACKWARD, INVOKE),
    Tag.VOICE_MAILBOX_NUMBER: (Operation.ROUTING_REQUEST, INVOKE),
    Tag.VOICE_MAILBOX_PIN: (Operation.ROUTING_REQUEST, INVOKE),
}

# Of parameters made of parameters, those that tshark knows inside; of the rest none at all.
CHILDREN: Final[dict[int, tuple[Tag, ...]]] = {
    Tag.ANALOG_REDIRECT_RECORD: (Tag.ANALOG_REDIRECT_INFO, Tag.MSCID),
    Tag.CDMA_REDIRECT_RECORD: (Tag.CDMA_BAND_CLASS, Tag.CDMA_CHANNEL_NUMBER_LIST),
    Tag.CDMA_SERVICE_OPTION_LIST: (Tag.CDMA_SERVICE_OPTION, Tag.CDMA_SERVICE_OPTION),
    Tag.INTERSYSTEM_TERMINATION: (Tag.DESTINATION_DIGITS, Tag.MSCID, Tag.CARRIER_DIGITS),
    Tag.LOCAL_TERMINATION: (Tag.ELECTRONIC_SERIAL_NUMBER,),
    Tag.MODIFICATION_RESULT_LIST: (Tag.SERVICE_DATA_RESULT_LIST,),
    Tag.MPC_ADDRESS_LIST: (Tag.MPC_ADDRESS,),
    Tag.PSID_RSID_LIST: (Tag.PSID_RSID_INFORMATION,),
    Tag.PSTN_TERMINATION: (Tag.DESTINATION_DIGITS,),
    Tag.TERMINATION_LIST: (
        Tag.INTERSYSTEM_TERMINATION,
        Tag.LOCAL_TERMINATION,
        Tag.PSTN_TERMINATION,
    ),
    Tag.TRIGGER_ADDRESS_LIST: (Tag.TRIGGER_LIST,),
    Tag.TRIGGER_LIST: (Tag.PC_SSN, Tag.WIN_TRIGGER_LIST),
    Tag.WIN_CAPABILITY: (Tag.TRIGGER_CAPABILITY, Tag.WIN_OPERATIONS_CAPABILITY),
}

# Registered, but with no place in tshark, or only in sequences that have no tag of their own.
UNPLACED: Final = {
    Tag.CDMA_CONNECTION_REFERENCE_INFORMATION,
    Tag.DATA_ACCESS_ELEMENT,
    Tag.DATA_UPDATE_RESULT_LIST,
    Tag.FAULTY_PARAMETER,
}

# Octets of parameters we keep as octets, by fault 6; 1 for all others.
LENGTHS: Final[dict[int, int]] = {
    Tag.CDMA_SERVICE_OPTION: 2,
    Tag.CONTROL_NETWORK_ID: 3,
    Tag.TERMINATION_TRIGGERS: 2,
    Tag.TRIGGER_CAPABILITY: 3,
}

# What tshark can read of these, by faults 6, 7 and 8.
READABLE: Final[dict[int, Callable[[Any], bool]]] = {
    Tag.CALLING_FEATURES_INDICATOR: lambda value: value.cnir is not None,
    Tag.IMSI: lambda value: len(value) > 4,
    Tag.MSCID: lambda value: value is not None,
    Tag.ORIGINATION_TRIGGERS: lambda value: value.digits_8 is not None,
    Tag.SERVICES_RESULT: lambda value: value[0] < 3,
    Tag.TIME_OF_DAY: lambda value: isinstance(value, int) and value < 1 << 23,
    Tag.TRANSACTION_CAPABILITY: lambda value: value.win_addressing is not None,
}

# By fault 9.
NOT_IN_QUALIFICATION_REQUEST: Final = (
    "non_public_data",
    "psid_rsid_list",
    "qos_priority",
    "tdma_data_features_indicator",
    "user_group",
    "user_zone_data",
)

# tshark's other names, lower case: by the message, or by one of two names of a tag (faults 4, 5).
SAME: Final = {
    "digits_carrier": "digits",
    "digits_dest": "digits",
    "digits_destination": "digits",
    "emergencyservicesroutingdigits": "emergencyservicesroutingdigits/roamingindication",
    "lectronicserialnumber": "electronicserialnumber",
    "reporttype2": "reporttype",
    "roamingindication": "emergencyservicesroutingdigits/roamingindication",
    "usergroup": "cdmaconnectionreference/usergroup",
}

# What tshark shows beside parameters, and what it knows of those we keep as octets.
NOT_COMPARED: Final = (
    "PACA_Level",
    "ModificationResult",
    "TerminationList_item",
    "cdmaserviceoption",
    "destinationAddress",
    "mobileStationMSID",
    "msid",
    "newlyAssignedMSID",
    "nr_not_used",
    "messagewaitingnotificationcount.mwi",
    "messagewaitingnotificationtype.",
    "pacaindicator_pa",
    "reserved_",
    "terminationtriggers.",
    "triggercapability.",
    "unknown_invokeData_blob",
    "win_trigger_list",
    "winoperationscapability.",
)


@pytest.mark.parametrize("operation", [*map(Operation, BODIES)], ids=repr)
def test_bodies_read_as_tshark_reads_them(operation: Operation) -> None:
    for side, body in enumerate(BODIES[operation]):
        drawn = samples(_readable_bodies(body), MESSAGES_PER_BODY)
        _compare([(operation, side, each.encode()) for each in drawn])


def test_parameters_read_as_tshark_reads_them() -> None:
    messages = []
    for tag in REGISTRY:
        if tag in _places():
            drawn = samples(_readable(tag), MESSAGES_PER_PARAMETER)
            messages += [(*_places()[tag], Parameters([_parameter(tag, each)])) for each in drawn]
    _compare(messages)


def test_operations_and_errors_read_as_tshark_reads_them() -> None:
    none = Parameters()
    invokes = [_invoke(operation, operation, none) for operation in Operation]
    errors = [_error(transaction_id, error) for transaction_id, error in enumerate(ErrorCode)]
    seen = dissect([*invokes, *errors], USER_0)
    operations = [fields["ansi_tcap.private"] for fields in seen[: len(invokes)]]
    assert operations == [[str(FAMILY << 8 | operation)] for operation in Operation]
    codes = [fields["ansi_tcap.ec_private"] for fields in seen[len(invokes) :]]
    assert codes == [[str(int(error))] for error in ErrorCode]


def test_every_registered_parameter_is_compared() -> None:
    placed = _places().keys() | {child for children in CHILDREN.values() for child in children}
    assert REGISTRY.keys() - placed == UNPLACED


def _places() -> dict[int, tuple[Operation, int]]:
    """Where each parameter is sent for comparison: the first body that has it."""
    rows: dict[int, tuple[Operation, int]] = {
        row.tag: (Operation(operation), side)
        for operation, bodies in reversed([*BODIES.items()])
        for side, body in enumerate(bodies)
        for row in table(body)
    }
    return rows | PLACES


def _parameter(tag: int, value: Any) -> Parameter:
    return Parameter(tag, encode_value(tag, value))


def _readable_bodies(body: type[Body]) -> st.SearchStrategy[Body]:
    """Bodies that tshark can read to their end."""
    left_out = NOT_IN_QUALIFICATION_REQUEST if body is QualificationRequestResult else ()
    rows = [row for row in table(body) if row.name not in left_out]
    drawn = st.builds(body, **{row.name: st.none() | _readable_row(row) for row in rows})
    return drawn.filter(lambda each: getattr(each, "report_type", 0) is not None)


def _readable_row(row: Row) -> st.SearchStrategy[Any]:
    if row.type_of_digits is None:
        return _readable(row.tag)
    return _readable(row.tag).map(lambda each: replace(each, type_of_digits=row.type_of_digits))


def _readable(tag: int) -> st.SearchStrategy[Any]:
    """Values that tshark can read."""
    if tag in REGISTRY and REGISTRY[tag].kind is Parameters:
        children = CHILDREN.get(tag, ())
        return st.tuples(*map(_readable_child, children)).map(Parameters)
    length = LENGTHS.get(tag, 1)
    values = values_of(tag) if tag in REGISTRY else st.binary(min_size=length, max_size=length)
    return values.filter(READABLE.get(tag, lambda value: not _is_empty(value)))


def _is_empty(value: Any) -> bool:
    return isinstance(value, Digits) and value.number == b""  # fault 3


def _readable_child(tag: Tag) -> st.SearchStrategy[Parameter]:
    return _readable(tag).map(lambda value: _parameter(tag, value))


def _compare(messages: Iterable[tuple[Operation, int, Parameters]]) -> None:
    """Send each message, a result after its invoke, and compare what we and tshark see in it."""
    packets = []
    expected: list[Parameters | None] = []
    for transaction_id, (operation, side, parameters) in zip(count(1), messages, strict=False):
        if side == RESULT:
            packets.append(_invoke(transaction_id, operation, Parameters()))
            packets.append(_result(transaction_id, parameters))
            expected += [None, parameters]
        else:
            packets.append(_invoke(transaction_id, operation, parameters))
            expected.append(parameters)
    for fields, sent in zip(dissect(packets, USER_0), expected, strict=True):
        if sent is not None:
            _agree(_expected(sent), _seen(fields), sent)


def _agree(expected: Shown, seen: dict[str, list[str]], parameters: Parameters) -> None:
    for name in expected.keys() | seen.keys():
        texts, those_that_do = seen.get(name, []), expected.get(name, [])
        assert len(texts) == len(those_that_do), (name, texts, those_that_do, parameters)
        for text, those in zip(texts, those_that_do, strict=True):
            assert text in those, (name, texts, those_that_do, parameters)


def _invoke(transaction_id: int, operation: Operation, parameters: Parameters) -> bytes:
    invoke = tcap.Invoke(
        component_ids=b"\1",
        operation=operation_code(operation),
        parameters=tcap.ParameterSet(ParameterTag.SET, parameters.encode()),
    )
    return tcap.Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=transaction_id,
        components=(invoke,),
    ).encode()


def _result(transaction_id: int, parameters: Parameters) -> bytes:
    result = tcap.ReturnResult(
        component_ids=b"\1",
        parameters=tcap.ParameterSet(ParameterTag.SET, parameters.encode()),
    )
    return tcap.Package(
        package_type=PackageType.RESPONSE, responding_id=transaction_id, components=(result,)
    ).encode()


def _error(transaction_id: int, code: ErrorCode) -> bytes:
    error = tcap.ReturnError(component_ids=b"\1", error=error_code(code))
    return tcap.Package(
        package_type=PackageType.RESPONSE, responding_id=transaction_id, components=(error,)
    ).encode()


def _seen(fields: Fields) -> dict[str, list[str]]:
    """What tshark shows of parameters: all it has in its "ansi_map." but the operation's name."""
    seen: dict[str, list[str]] = defaultdict(list)
    ours = [name for name in fields if name.startswith("ansi_map.") or name == "e212.imsi"]
    for name in ours[1:]:
        short = name.removeprefix("ansi_map.")
        if not short.startswith(NOT_COMPARED):
            lower = short.removesuffix("_element").lower()
            seen[SAME.get(lower, lower)] += fields[name]
    return seen


def _expected(parameters: Parameters) -> Shown:
    """What tshark ought to show of parameters."""
    shown: Shown = defaultdict(list)
    for each in parameters:
        for name, those_that_do in _shown(each):
            shown[name].append(those_that_do)
    return shown


def _shown(each: Parameter) -> Iterator[tuple[str, set[str]]]:
    """Give a parameter's own field, shown as octets, a number or neither, and those within."""
    name, value = each.name.lower(), decode_value(*each)
    yield name, {"", each.octets.hex(":"), str(_as_number(each.octets, value))}
    match value:
        case Parameters():
            for inner in value:
                yield from _shown(inner)
        case SystemCapabilities():
            for flag, field in NAMES[SystemCapabilities].items():
                yield field, {str(int(SystemCapabilities[flag] in value))}
        case Digits():
            yield from _attributes(name, value)
            yield from _number(value)
        case str() if each.tag == Tag.IMSI:
            yield "e212.imsi", {value}
        case str() if name.endswith(("min", "mobileidentificationnumber")):
            yield "bcd_digits", {value}
        case bytes() if each.tag == Tag.CONTROL_NETWORK_ID:
            yield from _attributes(name, decode_value(Tag.MSCID, value))
        case _:
            yield from _attributes(name, value)


def _as_number(octets: bytes, value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    return len(value) if isinstance(value, Parameters) else int.from_bytes(octets)


def _attributes(name: str, value: Any) -> Iterator[tuple[str, set[str]]]:
    for attribute, field in NAMES.get(type(value), {}).items():
        inner = getattr(value, attribute)
        if isinstance(inner, PointCode):
            yield field, {f"{inner.member:02x}:{inner.cluster:02x}:{inner.network:02x}"}
        elif inner is not None:
            yield field.format(name), {str(int(inner))}


def _number(value: Digits) -> Iterator[tuple[str, set[str]]]:
    match value.number:
        case SubsystemAddress() as address:
            yield from _attributes("", address)
        case bytes() as octets:
            if value.numbering_plan in _PLANS_WITH_COUNT:
                yield "nr_digits", {str(octets[0])}  # fault 3
        case str() as digits if value.encoding == Encoding.IA5:
            yield "nr_digits", {str(len(digits))}
            if digits:
                yield "ia5_digits", {digits.partition("\0")[0]}  # fault 2
        case str() as digits:
            yield "nr_digits", {str(len(digits))}
            if digits:
                yield "bcd_digits", {_as_tshark_has_them(digits)}


def _as_tshark_has_them(digits: str) -> str:
    filled = digits + "0" * (len(digits) % 2)  # fault 1
    pairs = [filled[at : at + 2] for at in range(0, len(filled), 2)]
    end = next((at + 1 for at, pair in enumerate(pairs) if pair[1] == "F"), len(pairs))  # fault 2
    return "".join(pairs[:end]).removesuffix("F").translate(str.maketrans("AF", "??"))


_PLANS_WITH_COUNT: Final = (
    NumberingPlan.TELEPHONY,
    NumberingPlan.LAND_MOBILE,
    NumberingPlan.PRIVATE,
)
