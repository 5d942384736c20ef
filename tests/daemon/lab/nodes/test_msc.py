"""An MSC registers, tries again and elsewhere, and obeys."""

from __future__ import annotations

from typing import Final

import pytest

from clonewatch.lab.nodes.happenings import Kind, Phone
from clonewatch.lab.nodes.msc import RESENDS, TRIES_MAX, WAITING_MAX, Msc
from is41.answering import Route
from is41.errors import DecodeError
from is41.layers import Layer
from is41.map.codes import AuthorizationDenied, Period
from is41.map.components import failure_of, invoke_of, result_of
from is41.map.messages import (
    BulkDeregistration,
    QualificationDirective,
    RegistrationCancellation,
    RegistrationNotificationResult,
)
from is41.map.operations import ErrorCode
from is41.map.values import Authorization, Esn
from is41.reading import read
from is41.regnots import regnots_of
from is41.tcap.codes import PackageType
from is41.tcap.messages import Component, Invoke, Package, Reject, ReturnError, ReturnResult
from labwire import INTERVAL, MSCS, OWNER, PEERS, RESTORATION, SUSPENSION, msc

AUTHORIZED: Final = RegistrationNotificationResult(
    system_my_type_code=3, authorization_period=Authorization(period=Period.HOURS, value=24)
)
DENIED: Final = RegistrationNotificationResult(
    system_my_type_code=3, authorization_denied=AuthorizationDenied.DUPLICATE_UNIT
)
NOW: Final = 50.0
RESEND_S: Final = INTERVAL / RESENDS


def package_of(octets: bytes) -> Package:
    package = read(octets, Layer.MTP3).tcap
    assert isinstance(package, Package)
    return package


def sent(one: Msc) -> list[tuple[str, Package]]:
    """Whom it sent what, since last asked."""
    messages = []
    while (message := one.next_message()) is not None:
        messages.append((message.neighbour, package_of(message.octets)))
    return messages


def told(one: Msc) -> list[Kind]:
    kinds = []
    while (happening := one.next_happening()) is not None:
        kinds.append(happening.kind)
    return kinds


def joined(*names: str) -> Msc:
    one = msc(MSCS[0])
    for name in names:
        one.link_opened(name, Layer.MTP3, NOW)
    return one


def invoke_in(package: Package) -> Invoke:
    assert package.components is not None
    (invoke,) = package.components
    assert isinstance(invoke, Invoke)
    return invoke


def answer(one: Msc, by: str, package: Package, component: Component, now: float = NOW) -> None:
    response = Package(
        package_type=PackageType.RESPONSE,
        responding_id=package.originating_id,
        components=(component,),
    )
    one.receive(by, octets_from(by, response), Layer.MTP3, now)


def octets_from(by: str, package: Package) -> bytes:
    route = Route(
        layer=Layer.MTP3,
        called=MSCS[0].address,
        calling=PEERS[by].address,
        dpc=MSCS[0].point_code,
        opc=PEERS[by].point_code,
    )
    return route.write(package)


def ask(
    one: Msc, body: QualificationDirective | RegistrationCancellation | BulkDeregistration
) -> Component:
    """What it answers to an invoke."""
    query = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=7,
        components=(invoke_of(body),),
    )
    one.receive("RVCD A", octets_from("RVCD A", query), Layer.MTP3, NOW)
    ((neighbour, package),) = sent(one)
    assert (neighbour, package.responding_id) == ("RVCD A", 7)
    assert package.components is not None
    return package.components[0]


def test_a_phone_is_told_of_to_the_first_rvcd() -> None:
    one = joined("RVCD A", "RVCD B")
    one.register(OWNER, NOW)
    ((neighbour, package),) = sent(one)
    assert neighbour == "RVCD A"
    ((_, regnot),) = regnots_of(package)
    assert not isinstance(regnot, DecodeError)
    assert (regnot.msid, regnot.esn, regnot.mscid) == (6145551234, OWNER.esn, 4660 << 8 | 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (AUTHORIZED, Kind.REGISTERED),
        (DENIED, Kind.DENIED),
        (RegistrationNotificationResult(), Kind.FAILED),
    ],
)
def test_a_result_says_whether_the_phone_is_served(
    body: RegistrationNotificationResult, kind: Kind
) -> None:
    one = joined("RVCD A")
    one.register(OWNER, NOW)
    ((_, package),) = sent(one)
    answer(one, "RVCD A", package, result_of(invoke_in(package), body))
    assert told(one) == [kind]
    assert (OWNER in one.registered) is (kind is Kind.REGISTERED)
    assert one.next_deadline() is None


def test_a_denial_ends_what_an_authorization_began() -> None:
    one = joined("RVCD A")
    for body in (AUTHORIZED, DENIED):
        one.register(OWNER, NOW)
        ((_, package),) = sent(one)
        answer(one, "RVCD A", package, result_of(invoke_in(package), body))
    assert OWNER not in one.registered


def test_an_error_and_an_unreadable_result_fail() -> None:
    one = joined("RVCD A")
    garbage = ReturnResult(component_ids=b"\1", parameters=invoke_of(SUSPENSION).parameters)
    assert garbage.parameters is not None
    cut = ReturnResult(
        component_ids=b"\1", parameters=garbage.parameters._replace(octets=b"\x96\5")
    )
    for component in (failure_of(invoke_of(SUSPENSION), ErrorCode.SYSTEM_FAILURE), cut):
        one.register(OWNER, NOW)
        ((_, package),) = sent(one)
        answer(one, "RVCD A", package, component)
    assert told(one) == [Kind.FAILED] * 2


def test_without_a_link_a_registration_waits_for_one() -> None:
    one = joined()
    one.register(OWNER, NOW)
    assert sent(one) == []
    one.link_opened("RVCD B", Layer.MTP3, NOW + 60)
    assert [neighbour for neighbour, _ in sent(one)] == ["RVCD B"]


def test_a_lost_link_reroutes_what_is_not_answered_under_the_same_transaction_id() -> None:
    one = joined("RVCD A", "RVCD B")
    one.register(OWNER, NOW)
    ((_, first),) = sent(one)
    one.link_closed("RVCD A", NOW + 1)
    assert sent(one) == [("RVCD B", first)]
    assert told(one) == [Kind.REROUTED]
    answer(one, "RVCD B", first, result_of(invoke_in(first), AUTHORIZED))
    assert OWNER in one.registered


def test_a_silent_rvcd_is_passed_by_after_a_while() -> None:
    one = joined("RVCD A", "RVCD B")
    one.register(OWNER, NOW)
    ((_, first),) = sent(one)
    assert one.next_deadline() == NOW + RESEND_S
    one.expire(NOW + RESEND_S)
    assert sent(one) == [("RVCD B", first)]
    one.expire(NOW + RESEND_S)
    assert sent(one) == []


def test_an_only_rvcd_is_not_asked_twice_in_one_transaction() -> None:
    one = joined("RVCD A")
    one.register(OWNER, NOW)
    sent(one)
    one.expire(NOW + RESEND_S)
    assert sent(one) == []


def test_both_links_lost_and_one_back_sends_again() -> None:
    one = joined("RVCD A", "RVCD B")
    one.register(OWNER, NOW)
    ((_, first),) = sent(one)
    one.link_closed("RVCD A", NOW)
    one.link_closed("RVCD B", NOW)
    sent(one)
    one.link_opened("RVCD A", Layer.MTP3, NOW + 1)
    assert sent(one) == [("RVCD A", first)]


def test_when_its_time_is_up_a_registration_is_asked_anew_and_given_up_in_the_end() -> None:
    one = joined("RVCD A")
    one.register(OWNER, NOW)
    now, ids = NOW, set()
    for _ in range(TRIES_MAX):
        ((_, package),) = sent(one)
        ids.add(package.originating_id)
        now += INTERVAL
        one.expire(now)
    assert len(ids) == TRIES_MAX
    assert sent(one) == []
    assert told(one) == [Kind.FAILED]


def test_an_answer_to_both_ways_counts_once() -> None:
    one = joined("RVCD A", "RVCD B")
    one.register(OWNER, NOW)
    ((_, first),) = sent(one)
    one.expire(NOW + RESEND_S)
    sent(one)
    told(one)
    for by in ("RVCD A", "RVCD B"):
        answer(one, by, first, result_of(invoke_in(first), AUTHORIZED))
    assert told(one) == [Kind.REGISTERED]
    assert one.dialogues.answers_doubled == 1


def test_registrations_under_way_are_bounded() -> None:
    one = joined()
    for _ in range(WAITING_MAX + 1):
        one.register(OWNER, NOW)
    assert one.registrations_refused == 1
    assert told(one) == [Kind.FAILED]


CANCELLATION: Final = RegistrationCancellation(
    electronic_serial_number=Esn(OWNER.esn), mobile_identification_number=OWNER.min
)


@pytest.mark.parametrize(
    ("body", "kind"), [(SUSPENSION, Kind.DROPPED), (CANCELLATION, Kind.CANCELLED)]
)
def test_a_phone_is_dropped_and_cancelled_as_asked(
    body: QualificationDirective | RegistrationCancellation, kind: Kind
) -> None:
    one = joined("RVCD A")
    one.registered[OWNER] = NOW
    assert isinstance(ask(one, body), ReturnResult)
    assert told(one) == [kind]
    assert OWNER not in one.registered


def test_a_directive_without_denial_leaves_the_phone_alone() -> None:
    one = joined("RVCD A")
    one.registered[OWNER] = NOW
    assert isinstance(ask(one, RESTORATION), ReturnResult)
    assert OWNER in one.registered


def test_cancelling_a_phone_that_is_not_here_is_no_fault() -> None:
    one = joined("RVCD A")
    assert isinstance(ask(one, CANCELLATION), ReturnResult)
    assert told(one) == []


def test_who_names_no_phone_and_what_no_msc_does_is_answered_with_an_error() -> None:
    one = joined("RVCD A")
    assert isinstance(ask(one, RegistrationCancellation()), ReturnError)
    assert isinstance(ask(one, BulkDeregistration()), ReturnError)


def test_phones_print_as_people_know_them() -> None:
    assert str(Phone("6145551234", 0x82123456)) == "6145551234 82123456"


def test_an_operation_that_nobody_knows_is_rejected() -> None:
    one = joined("RVCD A")
    invoke = invoke_of(SUSPENSION)
    unknown = Invoke(component_ids=b"\1", operation=invoke.operation._replace(octets=b"\x09\x7f"))
    query = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=7, components=(unknown,)
    )
    one.receive("RVCD A", octets_from("RVCD A", query), Layer.MTP3, NOW)
    ((_, package),) = sent(one)
    assert package.components is not None
    assert isinstance(package.components[0], Reject)
