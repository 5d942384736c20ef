"""REGNOT invokes as octets (TIA-41.5, T1.114.3, T1.112.3, T1.111.4, RFC 3094)."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.lab.regnots import Invokes, Messages, encode_mtp3, encode_sccp, encode_tali
from clonewatch.registrations import Batch, Flags, Registration
from is41.msid import msid_of_imsi, msid_of_min
from is41.mtp.pointcode import PointCode

VECTORS = Path(__file__).parents[2] / "vectors"


def invokes_of(batch: Batch) -> Invokes:
    """From 10-20-30, SSN 8, to 10-20-40, SSN 6."""
    count = len(batch)
    return Invokes(
        registrations=batch,
        qualification_information_code=np.full(count, 3, np.uint8),
        system_my_type_code=np.full(count, 3, np.uint8),
        opc=np.full(count, int(PointCode(10, 20, 30)), np.uint32),
        dpc=np.full(count, int(PointCode(10, 20, 40)), np.uint32),
        calling_ssn=np.full(count, 8, np.uint8),
        called_ssn=np.full(count, 6, np.uint8),
    )


def one(msid: int, transaction_id: int = 1) -> Invokes:
    return invokes_of(
        Batch.of(
            [
                Registration(
                    time=0,
                    msid=msid,
                    esn=0x82123456,
                    msc=0,
                    mscid=0x1234 << 8 | 1,
                    transaction_id=transaction_id,
                    flags=Flags(0),
                )
            ]
        )
    )


def octets_of(messages: Messages, row: int = 0) -> bytes:
    return messages.octets[row, : messages.lengths[row]].tobytes()


def vector(name: str) -> bytes:
    """Octets of `tests/vectors`, whose first line says where they are from."""
    _, octets = (VECTORS / f"{name}.hex").read_text().splitlines()
    return bytes.fromhex(octets)


def test_a_udt_is_as_in_the_vector() -> None:
    invokes = one(msid_of_min("5551234567"))
    assert octets_of(encode_sccp(invokes)) == vector("sccp_udt_regnot_inv_min")


def test_an_msu_is_as_in_the_vector_but_for_the_sls() -> None:
    expected = bytearray(vector("mtp3_regnot_inv_min"))
    expected[7] = 1  # of the transaction ID
    assert octets_of(encode_mtp3(one(msid_of_min("5551234567")))) == expected


def test_a_tali_message_is_as_in_the_vector() -> None:
    invokes = one(msid_of_min("5551234567"))
    assert octets_of(encode_tali(invokes)) == vector("tali_sccp_regnot")


def test_an_imsi_is_as_in_the_vector() -> None:
    octets = octets_of(encode_sccp(one(msid_of_imsi("310150123456789"), 4)))
    assert octets[18:] == vector("tcap_regnot_inv_imsi")


def test_only_imsis_of_15_digits_are_written() -> None:
    with pytest.raises(ValueError, match="only IMSIs of 15 digits"):
        encode_sccp(one(msid_of_imsi("31015012345678")))


def test_optional_parameters_follow_when_they_are_not_0() -> None:
    invokes = one(msid_of_min("5551234567"))
    batch = invokes.registrations
    plain = octets_of(encode_sccp(invokes))
    batch.flags[:] = Flags.BORDER_CELL_ACCESS | Flags.POWER_DOWN
    batch.system_access_type[:] = 7
    batch.terminal_type[:] = 33
    batch.system_capabilities[:] = 0x1F
    batch.transaction_capability[:] = 0x4F01
    batch.location_area[:] = 0x0102
    octets = octets_of(encode_sccp(invokes))
    further = bytes.fromhex(
        "9F3A0101 9F220107 9F2F0121 9F31011F 9F7B024F01 9F21020102",
    )
    assert octets.endswith(further)
    assert len(octets) == len(plain) + len(further)
    for at in (17, 19, 27, 29, 38):  # the lengths of UDT data, query, components, invoke, set
        assert octets[at] == plain[at] + len(further)


def test_nothing_makes_no_messages() -> None:
    messages = encode_mtp3(invokes_of(Batch.empty()))
    assert messages.octets.shape[0] == len(messages.lengths) == 0


@given(st.integers(0, 1 << 32), st.integers(1, 40))
def test_many_at_once_are_as_each_alone(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    batch = Batch.empty(count)
    batch.msid[:] = rng.integers(0, 10**10, count)
    imsi = rng.random(count) < 0.3
    batch.msid[imsi] = [
        msid_of_imsi(f"{number:015d}") for number in rng.integers(0, 10**15, imsi.sum())
    ]
    batch.esn[:] = rng.integers(0, 1 << 32, count)
    batch.mscid[:] = rng.integers(0, 1 << 24, count)
    batch.transaction_id[:] = rng.integers(0, 1 << 32, count)
    batch.terminal_type[:] = rng.integers(0, 2, count)
    batch.location_area[:] = rng.integers(0, 2, count) * 256
    batch.flags[:] = rng.integers(0, 2, count)
    invokes = invokes_of(batch)
    for encode in (encode_sccp, encode_mtp3, encode_tali):
        together = encode(invokes)
        for row in range(count):
            assert octets_of(together, row) == octets_of(encode(invokes[row : row + 1]))
