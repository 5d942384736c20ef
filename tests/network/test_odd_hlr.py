"""Whatever the HLR does with a directive: what is sent, what `cases show` says, and who agrees."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.actions.suspension.overdue import WAIT_MS
from clonewatch.actions.suspension.rules import UNSENT_MS
from clonewatch.cli.cases import lines_of
from network import HOST, until
from oddhlr import (
    Line,
    OddHlr,
    abort,
    abort_by_user,
    done_in_silence,
    empty,
    error,
    garbage,
    hang_up,
    keep,
    late,
    line,
    listening,
    other_transaction,
    reject,
    silent,
    twice,
    undelivered,
    yes,
)
from stores import MINUTE, TEN, conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from oddhlr import Question

    Way = Callable[[OddHlr, Question], None]

PHONE: Final = ("6145551234", 0x82123456)
SOON_S: Final = 0.5  # for answers that never come

NO: Final[dict[Way, str]] = {
    error: "return error: operation not supported",
    reject: "reject: problem 0202",
    undelivered: "it came back undelivered: return cause 1",
}
# What makes us try again: at once, or when the time is up.
AGAIN: Final[list[Way]] = [abort, abort_by_user, empty]
WAITED_FOR: Final[list[Way]] = [silent, done_in_silence, other_transaction, garbage, hang_up]


async def agree(hlr: OddHlr, it: Line) -> None:
    """Each try was under an ID of its own, and the HLR's state is ours."""
    ids = [directive.transaction_id for directive in hlr.told]
    assert len(set(ids)) == len(ids)
    assert (hlr.denied == {PHONE}) == (it.shown()["state"] == "suspended")
    await until(lambda: it.suspension.is_suspended(int(PHONE[0])) == (hlr.denied == {PHONE}))


def sent(it: Line) -> list[str]:
    """What the text of `cases show` says of the HLR."""
    lines = lines_of(it.shown())
    return [told.split("Z  ", 1)[1] for told in lines if " to the HLR, " in told]


async def suspended(it: Line) -> None:
    """Find a clone, and have it suspended."""
    it.found(conflict())
    await it.until("suspended")


async def restored(it: Line) -> None:
    """Put the subscriber back."""
    it.suspension.orders.restore(1, who="ann", note="")
    await it.until("restored")


@pytest.mark.parametrize("way", NO, ids=lambda way: way.__name__)
def test_a_suspension_that_is_refused_ends_and_says_why(tmp_path: Path, way: Way) -> None:
    async def main() -> None:
        hlr = OddHlr([way])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            it.found(conflict())
            await it.until("open")
            assert it.actions() == [("suspend", "refused", 1, NO[way])]
            assert sent(it) == [f"suspension suspend to the HLR, refused: {NO[way]}"]
            assert it.told()[-1] == "suspension refused"
            assert hlr.suspends == [True]
            await agree(hlr, it)

    asyncio.run(main())


@pytest.mark.parametrize("way", [*AGAIN, *WAITED_FOR], ids=lambda way: way.__name__)
def test_a_suspension_is_tried_again_under_another_id(tmp_path: Path, way: Way) -> None:
    async def main() -> None:
        hlr = OddHlr([way, yes])
        within_s = SOON_S if way in WAITED_FOR else 10.0
        async with (
            listening(hlr) as port,
            line(tmp_path, port, answer_within_s=within_s) as it,
        ):
            await suspended(it)
            tries = len(hlr.told)
            assert it.actions() == [("suspend", "delivered", tries, "")]
            assert sent(it) == [f"suspension suspend to the HLR, delivered after {tries} tries"]
            assert tries >= 2
            assert it.told() == ["conflict", "suspension asked", "suspended"]
            await agree(hlr, it)

    asyncio.run(main())


@pytest.mark.parametrize("way", [*NO, *AGAIN, *WAITED_FOR], ids=lambda way: way.__name__)
def test_a_restoration_goes_on_until_it_is_taken(tmp_path: Path, way: Way) -> None:
    async def main() -> None:
        hlr = OddHlr([yes, way, way, yes])
        within_s = SOON_S if way in WAITED_FOR else 10.0
        async with (
            listening(hlr) as port,
            line(tmp_path, port, answer_within_s=within_s) as it,
        ):
            await suspended(it)
            await restored(it)
            tries = hlr.suspends.count(False)
            assert tries >= 3
            assert it.actions()[1:] == [("restore", "delivered", tries, "")]
            refusals = 2 if way in {error, reject} else 0
            assert it.told()[3:] == [
                "restoration asked",
                *["restoration refused"] * refusals,
                "restored",
            ]
            await agree(hlr, it)

    asyncio.run(main())


def test_an_answer_given_twice_counts_once(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([twice])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            await suspended(it)
            await restored(it)
            await until(lambda: it.asker.dialogues.answers_doubled == 2)
            assert it.actions() == [
                ("suspend", "delivered", 1, ""),
                ("restore", "delivered", 1, ""),
            ]
            assert it.told()[1:] == [
                "suspension asked",
                "suspended",
                "restoration asked",
                "restored",
            ]
            await agree(hlr, it)

    asyncio.run(main())


def test_what_is_no_answer_is_counted_and_nothing_else(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([other_transaction, garbage, yes])
        async with listening(hlr) as port, line(tmp_path, port, answer_within_s=SOON_S) as it:
            it.found(conflict())
            await until(lambda: it.asker.link_counts.refused.total() == 4)
            assert it.asker.dialogues.answers_unknown == 1
            await it.until("suspended")
            await agree(hlr, it)

    asyncio.run(main())


def test_a_late_answer_does_not_count_and_the_try_that_followed_does(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, late])
        async with listening(hlr) as port, line(tmp_path, port, answer_within_s=SOON_S) as it:
            await suspended(it)
            await until(lambda: it.asker.dialogues.answers_late)
            assert it.actions() == [("suspend", "delivered", len(hlr.told), "")]
            assert it.told() == ["conflict", "suspension asked", "suspended"]
            await agree(hlr, it)

    asyncio.run(main())


def test_a_refusal_of_a_later_try_is_undone(tmp_path: Path) -> None:
    """The first try was done, and its answer was lost."""

    async def main() -> None:
        hlr = OddHlr([done_in_silence, error, yes])
        async with listening(hlr) as port, line(tmp_path, port, answer_within_s=SOON_S) as it:
            it.found(conflict())
            await it.until("open")
            await until(lambda: "suspension undone" in it.told())
            assert [each[:2] for each in it.actions()] == [
                ("suspend", "refused"),
                ("undo", "delivered"),
            ]
            await agree(hlr, it)

    asyncio.run(main())


def test_a_suspension_that_is_done_after_it_was_undone_is_undone_again(tmp_path: Path) -> None:
    """An HLR so slow that it does the first directive behind the second."""

    async def main() -> None:
        hlr = OddHlr([keep, yes])
        async with listening(hlr) as port, line(tmp_path, port, answer_within_s=SOON_S) as it:
            it.found(conflict())
            await until(lambda: hlr.kept)
            it.found(replace(conflict(), superseded=True))
            await it.until("closed")
            assert hlr.suspends == [True, False]
            yes(hlr, hlr.kept.pop())
            assert hlr.denied == {PHONE}
            await until(lambda: it.told().count("suspension undone") == 2)
            assert it.told()[-2:] == ["suspension came late", "suspension undone"]
            assert hlr.suspends == [True, False, False]
            await agree(hlr, it)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("word", "state"), [("dismiss", "dismissed"), ("close", "closed"), ("reissue", "closed")]
)
def test_a_case_that_ended_before_the_hlr_says_yes_stays_as_it_was_ended(
    tmp_path: Path, word: str, state: str
) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, yes])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            it.found(conflict())
            await until(lambda: hlr.kept)
            it.say(word)
            before = it.shown()
            yes(hlr, hlr.kept.pop())
            await until(lambda: "suspension undone" in it.told())
            assert hlr.suspends == [True, False]
            assert [each[:2] for each in it.actions()] == [
                ("suspend", "cancelled"),
                ("undo", "delivered"),
            ]
            assert it.told() == [
                *["conflict", "suspension asked", word, "suspension cancelled"],
                *["suspension came late", "suspension undone"],
            ]
            now = it.shown()
            assert now["state"] == before["state"] == state
            assert now["silent_until"] == before["silent_until"]
            assert now["alarm"] == before["alarm"]
            await agree(hlr, it)
            # What comes after is as if nothing had been sent.
            it.found(conflict(at=TEN + 50 * MINUTE))
            assert (it.shown()["state"], it.shown()["alarm"]) == (state, before["alarm"])
            assert it.shown()["conflicts"] == (2 if word == "dismiss" else 1)

    asyncio.run(main())


def test_who_is_not_put_back_is_told_though_the_case_was_dismissed(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, error])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            it.found(conflict())
            await until(lambda: hlr.kept)
            it.say("dismiss")
            yes(hlr, hlr.kept.pop())
            await until(it.alarms)
            assert it.alarms()[0].startswith("case 1: 6145551234 is not put back at the HLR after")
            assert it.shown()["state"] == "dismissed"
            hlr.script = [yes]
            it.suspension.orders.restore(1, who="ann", note="").result()
            await it.until("dismissed")
            assert it.alarms() == []
            assert it.told()[-2:] == ["restoration asked", "suspension undone"]
            await agree(hlr, it)

    asyncio.run(main())


def test_a_yes_after_somebody_put_the_subscriber_back_is_undone_all_the_same(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, yes])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            it.found(conflict())
            await until(lambda: hlr.kept)
            it.suspension.orders.restore(1, who="ann", note="").result()
            it.suspension.orders.restored(1, who="ann", note="by telephone").result()
            yes(hlr, hlr.kept.pop())
            await until(lambda: it.told().count("suspension undone") == 2)
            await it.until("open")
            assert it.told()[-2:] == ["suspension came late", "suspension undone"]
            assert hlr.suspends == [True, False]
            await agree(hlr, it)

    asyncio.run(main())


def test_restorations_in_vain_are_an_alarm_until_they_succeed(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes, error])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            await suspended(it)
            it.suspension.orders.restore(1, who="ann", note="")
            await until(it.alarms)
            (text,) = it.alarms()
            assert text.startswith("case 1: 6145551234 is not put back at the HLR after")
            assert text.endswith("return error: operation not supported")
            assert it.shown()["state"] == "suspended"
            ((_, outcome, tries, _),) = it.actions()[1:]
            assert (outcome, tries >= 3) == ("pending", True)
            assert any(" to the HLR, pending after " in words for words in sent(it))
            hlr.script = [yes]
            await it.until("restored")
            assert it.alarms() == []
            await agree(hlr, it)

    asyncio.run(main())


def test_an_hlr_that_is_down_is_waited_for_and_what_was_never_sent_expires(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port:
            pass  # nobody is there any more
        async with line(tmp_path, port) as it:
            it.found(conflict())
            waiting = ("suspend", "pending", 0, "the HLR cannot be reached")
            await until(lambda: it.actions() == [waiting])
            words = "directives that wait for the HLR: 1: the HLR cannot be reached"
            await until(lambda: list(it.suspension.problems()) == [words])
            it.clock.now_ms += UNSENT_MS
            it.suspension.wake()
            await it.until("open")
            assert it.actions() == [("suspend", "expired", 0, "the HLR cannot be reached")]
            assert it.told()[-1] == "suspension expired"
            assert hlr.told == []

    asyncio.run(main())


def test_who_is_to_be_put_back_is_put_back_when_the_hlr_is_there_again(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port, line(tmp_path, port) as it:
            await suspended(it)
        async with line(tmp_path, port) as it:
            it.suspension.orders.restore(1, who="ann", note="")
            await until(lambda: it.actions()[1:] and it.actions()[1][3])
            assert it.actions()[1] == ("restore", "pending", 0, "the HLR cannot be reached")
            it.clock.now_ms += WAIT_MS + 90 * MINUTE
            it.suspension.wake()
            await until(it.alarms)
            async with listening(hlr, port):
                await it.until("restored")
                assert it.alarms() == []
                await agree(hlr, it)

    asyncio.run(main())


def test_a_far_end_that_talks_another_protocol_is_waited_for_too(tmp_path: Path) -> None:
    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(nonsense, HOST, 0)
        async with server, line(tmp_path, server.sockets[0].getsockname()[1]) as it:
            it.found(conflict())
            waiting: Sequence[object] = [("suspend", "pending", 0, "the HLR cannot be reached")]
            await until(lambda: it.asker.link_counts.violations and it.actions() == waiting)

    asyncio.run(main())
