"""RFC 4666 §3.4 and §3.8: management messages in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.adaptation.messages import Parameter
from is41.m3ua.codes import MessageClass, Mgmt, ParameterTag, Ssnm
from is41.m3ua.messages import Message
from is41.m3ua.telling import says

ERR, NTFY, DUNA = (
    (MessageClass.MGMT, Mgmt.ERR),
    (MessageClass.MGMT, Mgmt.NTFY),
    (MessageClass.SSNM, Ssnm.DUNA),
)


@pytest.mark.parametrize(
    ("kind", "tag", "value", "words"),
    [
        (ERR, ParameterTag.ERROR_CODE, "0000000D", "REFUSED_MANAGEMENT_BLOCKING"),
        (ERR, ParameterTag.ERROR_CODE, "000000FF", "255"),
        (ERR, ParameterTag.INFO_STRING, "00", "nothing"),
        (NTFY, ParameterTag.STATUS, "00010003", "AS_STATE_CHANGE AS_ACTIVE"),
        (NTFY, ParameterTag.STATUS, "00020002", "OTHER ALTERNATE_ASP_ACTIVE"),
        (NTFY, ParameterTag.STATUS, "00090002", "9 2"),
        (NTFY, ParameterTag.STATUS, "0001", "nothing"),
        (DUNA, ParameterTag.AFFECTED_POINT_CODE, "000A1428 080A1500", "10-20-40, 10-21-0/8"),
        (DUNA, ParameterTag.AFFECTED_POINT_CODE, "000A1428 08", "10-20-40"),
        (DUNA, ParameterTag.AFFECTED_POINT_CODE, "", "nothing"),
    ],
)
def test_codes_are_named_and_unknown_ones_are_numbers(
    kind: tuple[int, int], tag: ParameterTag, value: str, words: str
) -> None:
    assert says(Message(*kind, (Parameter(tag, bytes.fromhex(value)),))) == words


def test_of_many_destinations_some_are_named() -> None:
    many = Parameter(ParameterTag.AFFECTED_POINT_CODE, bytes.fromhex("000A1428") * 100)
    assert says(Message(*DUNA, (many,))).endswith("10-20-40, 84 more")


@given(
    st.sampled_from([ERR, NTFY, DUNA]),
    st.lists(st.builds(Parameter, st.sampled_from(ParameterTag), st.binary(max_size=20))),
)
def test_no_parameters_crash_it(kind: tuple[int, int], parameters: list[Parameter]) -> None:
    assert says(Message(*kind, tuple(parameters)))
