"""What the HLR is told: TIA-41.5 §6.4.2.31."""

from __future__ import annotations

import pytest

from clonewatch.actions.suspension.directive import directive
from clonewatch.actions.suspension.items import RESTORATION, Order
from clonewatch.store.outbox import SUSPENSION
from is41.map.codes import AuthorizationDenied, Period
from is41.map.components import invoke_of
from is41.map.messages import body_of
from is41.map.values import Authorization
from is41.msid import msid_of_imsi


def test_a_suspension_denies_a_duplicate_unit() -> None:
    body = directive(SUSPENSION, Order(msid=6145551234, esn=0x82123456, automatic=True))
    assert body.mobile_identification_number == "6145551234"
    assert body.imsi is None
    assert body.authorization_denied is AuthorizationDenied.DUPLICATE_UNIT
    assert body.authorization_period is None


def test_a_restoration_denies_nothing_and_lasts() -> None:
    msid = msid_of_imsi("310150555123456")
    body = directive(RESTORATION, Order(msid=msid, esn=1, automatic=False))
    assert (body.imsi, body.mobile_identification_number) == ("310150555123456", None)
    assert body.authorization_denied is None
    assert body.authorization_period == Authorization(period=Period.INDEFINITE, value=0)


@pytest.mark.parametrize("kind", [SUSPENSION, RESTORATION])
def test_it_reads_as_it_was_written(kind: str) -> None:
    body = directive(kind, Order(msid=6145551234, esn=0x82123456, automatic=True))
    assert body_of(invoke_of(body)) == body
