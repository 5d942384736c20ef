"""What tells registrations of the record file apart."""

from dataclasses import replace

from clonewatch.recordfile.keys import Key, key_of, nothing_kept
from clonewatch.registrations import Flags
from stores import MARKET, MIN, TEN, conflict


def test_subscriber_time_switch_and_phone_tell_registrations_apart() -> None:
    first = conflict().first
    first = replace(first, time=TEN)
    assert key_of(first) == Key(MIN, TEN, MARKET | 1, 0x82123456)
    # The window marks what came late; the record file does not.
    assert key_of(replace(first, flags=Flags.LATE)) == key_of(first)


def test_where_there_is_no_record_file_nothing_is_found() -> None:
    assert nothing_kept([conflict().first]) == {}
