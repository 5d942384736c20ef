"""TIA-41.5 §6.5.2, layouts of parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse
from is41.map import values
from is41.map.codes import (
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
from is41.map.tags import ParameterTag
from is41.map.values import (
    Authorization,
    CallingFeaturesIndicator,
    CdmaNetworkIdentification,
    ControlChannelData,
    Digits,
    Esn,
    ExtendedMscid,
    ExtendedSystemMyTypeCode,
    MessageWaitingNotificationCount,
    Mscid,
    OriginationTriggers,
    PcSsn,
    SmsOriginationRestrictions,
    SubsystemAddress,
    SystemAccessData,
    TransactionCapability,
)
from is41.mtp.pointcode import PointCode

if TYPE_CHECKING:
    from construct import Construct

# From protocol.md 2.2 and the given vectors, unless said otherwise.
VECTORS: list[tuple[Construct[Any, Any], str, object]] = [
    (values.MIN, "55 15 32 54 76", "5551234567"),
    (values.MIN, "16 19 32 04 00", "6191234000"),
    (values.IMSI, "13 10 05 21 43 65 87 F9", "310150123456789"),
    (values.ESN, "82 123456", Esn(0x82123456)),
    (values.MEID, "A0000012345678", "A0000012345678"),
    (values.MSCID, "1234 01", Mscid(4660, 1)),
    (values.MSCID, "", None),
    (
        values.EXTENDED_MSCID,
        "05 1234 01",
        ExtendedMscid(msc_type=MscType.VLR, market_id=4660, switch_number=1),
    ),
    (
        values.EXTENDED_SYSTEM_MY_TYPE_CODE,
        "01 08",
        ExtendedSystemMyTypeCode(
            msc_type=MscType.SERVING_MSC, system_my_type_code=SystemMyTypeCode.NORTEL
        ),
    ),
    (
        values.PC_SSN,
        "01 1E140A 08",
        PcSsn(msc_type=MscType.SERVING_MSC, point_code=PointCode(10, 20, 30), subsystem=8),
    ),
    (values.AUTHORIZATION, "06 00", Authorization(period=Period.INDEFINITE, value=0)),
    (values.AUTHORIZATION, "08 1E", Authorization(period=Period.MINUTES, value=30)),
    (
        values.CONTROL_CHANNEL_DATA,
        "40 014D 05",
        ControlChannelData(dcc=1, cmac=0, channel_number=333, sdcc1=1, sdcc2=1),
    ),
    (
        values.SYSTEM_ACCESS_DATA,
        "123401 0007",
        SystemAccessData(mscid=Mscid(4660, 1), serving_cell_id=7),
    ),
    (values.CDMA_NETWORK_IDENTIFICATION, "1234 0007", CdmaNetworkIdentification(sid=4660, nid=7)),
    (
        values.MESSAGE_WAITING_NOTIFICATION_COUNT,
        "01 03",
        MessageWaitingNotificationCount(message_type=MessageType.SMS, count=3),
    ),
    (
        values.SMS_ORIGINATION_RESTRICTIONS,
        "0E",
        SmsOriginationRestrictions(
            force_message_center=True, direct=True, default=SmsOrigination.ALLOW_SPECIFIC
        ),
    ),
    (values.TIME_DATE_OFFSET, "FED4", -300),
    (values.TIME_OF_DAY, "0D2F00", 864_000),
    (values.FAULTY_PARAMETER, "9F3A", ParameterTag.BORDER_CELL_ACCESS),
    (
        values.DIGITS,  # a real MobileDirectoryNumber
        "00 00 21 06 36 54 10",
        Digits(number="634501"),
    ),
    (
        values.DIGITS,
        "06 31 21 0B 51 55 55 05 01 00",
        Digits(
            type_of_digits=TypeOfDigits.DESTINATION_NUMBER,
            screening=Screening.NETWORK_PROVIDED,
            international=True,
            number="15555550100",
        ),
    ),
    (
        values.DIGITS,  # as tshark 4.0.17 reads it
        "02 06 22 04 35353535",
        Digits(
            type_of_digits=TypeOfDigits.CALLING_PARTY_NUMBER,
            number_unavailable=True,
            presentation_restricted=True,
            encoding=Encoding.IA5,
            number="5555",
        ),
    ),
    (
        values.DIGITS,
        "04 00 D3 1E140A 08",
        Digits(
            type_of_digits=TypeOfDigits.ROUTING_NUMBER,
            numbering_plan=NumberingPlan.SS7_POINT_CODE,
            encoding=Encoding.OCTET_STRING,
            number=SubsystemAddress(PointCode(10, 20, 30), 8),
        ),
    ),
    (
        values.DIGITS,
        "04 00 E3 7F000001",
        Digits(
            type_of_digits=TypeOfDigits.ROUTING_NUMBER,
            numbering_plan=NumberingPlan.INTERNET,
            encoding=Encoding.OCTET_STRING,
            number=bytes.fromhex("7F000001"),
        ),
    ),
]


@pytest.mark.parametrize(("grammar", "octets", "value"), VECTORS)
def test_vectors(grammar: Construct[Any, Any], octets: str, value: object) -> None:
    assert read(grammar, octets) == value
    assert build(grammar, value) == bytes.fromhex(octets)


def read(grammar: Construct[Any, Any], octets: str) -> Any:
    return parse(grammar, bytes.fromhex(octets), what="test", clause="test")


def test_esn_as_people_write_it() -> None:
    esn = Esn(0x82123456)
    assert (str(esn), esn.decimal) == ("82123456", "13001193046")
    assert (esn.manufacturer, esn.serial, esn.is_pseudo) == (0x82, 0x123456, False)
    assert int(Esn(1)) == 1
    assert str(Esn(1)) == "00000001"
    assert Esn(0x80123456).is_pseudo


def test_mscid_as_people_write_it() -> None:
    assert str(Mscid(4660, 1)) == "4660-1"
    assert int(Mscid(4660, 1)) == 0x123401
    assert read(values.EXTENDED_MSCID, "01 1234 01").mscid == Mscid(4660, 1)


def test_a_code_no_table_has_stays_a_number() -> None:
    assert read(values.EXTENDED_MSCID, "63 1234 01").msc_type == 0x63
    assert read(values.DIGITS, "63 00 2B 5555").encoding == 0xB


@pytest.mark.parametrize(
    ("grammar", "octets", "canonical"),
    [
        (values.CONTROL_CHANNEL_DATA, "78 014D F5", "40 014D 05"),
        (values.SMS_ORIGINATION_RESTRICTIONS, "FE", "0E"),
        (values.TRANSACTION_CAPABILITY, "4F C1", "4F 01"),
        (values.CALLING_FEATURES_INDICATOR, "00 00 00 00 00 FD", "00 00 00 00 00 01"),
        (values.ORIGINATION_TRIGGERS, "00 E1", "00 01"),
        (values.DIGITS, "00 C8 21 03 55F5", "00 00 21 03 5505"),
        (values.IMSI, "13 10 05 21 43 65 87 09", "13 10 05 21 43 65 87 F9"),
    ],
)
def test_spare_bits_are_read_as_they_come_and_written_as_they_should(
    grammar: Construct[Any, Any], octets: str, canonical: str
) -> None:
    assert build(grammar, read(grammar, octets)) == bytes.fromhex(canonical)


def test_calling_features_of_three_octets() -> None:
    # tests/vectors/tcap_regnot_rr_ok.hex
    features = read(values.CALLING_FEATURES_INDICATOR, "7A 0D 11")
    assert features == CallingFeaturesIndicator(
        call_waiting=FeatureActivity.NOT_AUTHORIZED,
        call_forwarding_no_answer=FeatureActivity.AUTHORIZED_ACTIVE,
        call_forwarding_busy=FeatureActivity.AUTHORIZED_INACTIVE,
        call_forwarding_unconditional=FeatureActivity.AUTHORIZED_INACTIVE,
        call_transfer=FeatureActivity.NOT_USED,
        voice_privacy=FeatureActivity.NOT_USED,
        call_delivery=FeatureActivity.AUTHORIZED_ACTIVE,
        three_way_calling=FeatureActivity.NOT_AUTHORIZED,
        cnir_override=FeatureActivity.NOT_USED,
        cnir=FeatureActivity.NOT_AUTHORIZED,
        cnip_two_numbers=FeatureActivity.NOT_USED,
        cnip_one_number=FeatureActivity.NOT_AUTHORIZED,
    )
    assert build(values.CALLING_FEATURES_INDICATOR, features) == bytes.fromhex("7A0D11")


@pytest.mark.parametrize("length", range(1, 7))
def test_calling_features_keep_their_length(length: int) -> None:
    octets = bytes(length)
    features = read(values.CALLING_FEATURES_INDICATOR, octets.hex())
    assert build(values.CALLING_FEATURES_INDICATOR, features) == octets
    assert (features.tdma_enhanced_privacy is None) == (length < 6)


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        ("01", "all_calls"),
        ("80", "revertive_call"),
        ("00 01", "star"),
        ("00 10", "prior_agreement"),
        ("00 00 01", "no_digits"),
        ("00 00 80", "digits_7"),
        ("00 00 00 01", "digits_8"),
        ("00 00 00 80", "digits_15"),
    ],
)
def test_origination_triggers(octets: str, name: str) -> None:
    triggers: OriginationTriggers = read(values.ORIGINATION_TRIGGERS, octets)
    assert [field for field in triggers.__slots__ if getattr(triggers, field)] == [name]
    assert build(values.ORIGINATION_TRIGGERS, triggers) == bytes.fromhex(octets)


def test_transaction_capability_of_one_octet_and_of_two() -> None:
    old = read(values.TRANSACTION_CAPABILITY, "4F")
    assert old == TransactionCapability(
        name=False,
        ndss=True,
        user_zone=False,
        spini=False,
        remote_user_interaction=True,
        announcements=True,
        busy_detection=True,
        profile=True,
    )
    new = read(values.TRANSACTION_CAPABILITY, "4F 31")
    assert new == replace(old, win_addressing=True, termination_list=True, multiple_terminations=1)
    assert build(values.TRANSACTION_CAPABILITY, old) == bytes.fromhex("4F")
    assert build(values.TRANSACTION_CAPABILITY, new) == bytes.fromhex("4F31")


@pytest.mark.parametrize(
    ("grammar", "octets"),
    [
        (values.MEID, "A00000123456"),
        (values.SYSTEM_ACCESS_DATA, "123401"),
        (values.CDMA_NETWORK_IDENTIFICATION, "12340007 00"),
        (values.TIME_DATE_OFFSET, "FE"),
        (values.TIME_OF_DAY, "2F00"),
        (values.FAULTY_PARAMETER, "9F"),
    ],
)
def test_layouts_from_memory_give_octets_where_they_do_not_fit(
    grammar: Construct[Any, Any], octets: str
) -> None:
    assert read(grammar, octets) == bytes.fromhex(octets)
    assert build(grammar, bytes.fromhex(octets)) == bytes.fromhex(octets)


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "00 00",
        "00 00 21",  # no count
        "00 00 21 0A 5515",  # fewer digits than counted
        "00 00 22 05 35353535",
        "00 00 D3 1E140A",  # no subsystem
    ],
)
def test_digits_that_stop_too_soon(octets: str) -> None:
    with pytest.raises(Truncated):
        read(values.DIGITS, octets)


@pytest.mark.parametrize("octets", ["00 00 21 02 55 55", "00 00 D3 1E140A 08 00", "00 00 22 01 B5"])
def test_digits_that_do_not_fit(octets: str) -> None:
    with pytest.raises(DecodeError):
        read(values.DIGITS, octets)


def test_a_number_must_suit_its_plan() -> None:
    internet = Digits(numbering_plan=NumberingPlan.INTERNET, number="5555")
    with pytest.raises(EncodeError):
        build(values.DIGITS, internet)


@pytest.mark.parametrize(
    ("grammar", "value"),
    [
        (values.ESN, Esn(1 << 32)),
        (values.MSCID, Mscid(0x10000, 1)),
        (
            values.CONTROL_CHANNEL_DATA,
            ControlChannelData(dcc=4, cmac=0, channel_number=0, sdcc1=0, sdcc2=0),
        ),
    ],
)
def test_values_that_do_not_fit_cannot_be_sent(grammar: Construct[Any, Any], value: object) -> None:
    with pytest.raises(EncodeError):
        build(grammar, value)
