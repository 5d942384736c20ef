"""Trials from real movement: a plain `user,time,lat,lon` CSV that somebody brings.

A user's phone registers where it enters another area, and every hour. MSCs are those of
`mscs.csv`, or else a grid laid over the movement. Clones are made by giving one user's number to
the journey of another, who is far enough away or not: nobody chooses. They begin when the
subscriber's habits can have been learned.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.errors import InputError
from clonewatch.evidence.homes import NO_HOMES
from clonewatch.lab.numbering import numbers
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch, Flags
from clonewatch.travel.geodesy import Places

from .tables import built
from .trial import DAY_MS, HISTORY_DAYS, Trial

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEADINGS: Final = ("user", "time", "lat", "lon")
POINTS_MAX: Final = 50_000_000  # ours: what fits in memory with ease
PITCH_KM: Final = 40.0  # between MSCs of a grid
KM_PER_DEGREE: Final = 111.2
GRID_MAX: Final = 4_000  # MSCs
PERIOD_MS: Final = 3_600_000  # a phone that stays registers once an hour
CHUNK: Final = 65_536  # points placed at once
ESN_FIRST: Final = 0x82000000
NO_KIND: Final = -1  # nobody chose where these clones live, or how busy they are
TERMINAL_TYPES: Final = np.array([2, 3, 32, 33, 36], np.uint8)


@dataclass(frozen=True, slots=True)
class Points:
    """Where users were, in columns, by user and time."""

    user: NDArray[np.int64]
    time: NDArray[np.int64]  # ms since 1970 UTC
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


def load_points(path: Path) -> Points:
    """The points of a CSV. Raises InputError."""
    users: dict[str, int] = {}
    rows: list[tuple[int, int, float, float]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            headings = [cell.strip() for cell in next(reader, [])]
            if tuple(headings) != HEADINGS:
                raise InputError(path, f"the headings must be {','.join(HEADINGS)}", line=1)
            for cells in reader:
                if not any(cells):
                    continue
                try:
                    rows.append(_point(cells, users))
                except ValueError as fault:
                    raise InputError(path, str(fault), line=reader.line_num) from None
                if len(rows) > POINTS_MAX:
                    raise InputError(path, f"more than {POINTS_MAX:,} points: give fewer at a time")
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(path, f"not a CSV file in UTF-8: {error}") from None
    if len(users) < 2:
        raise InputError(path, f"{len(users)} users: at least two are needed to clone one")
    user, time, latitude, longitude = (np.array(column) for column in zip(*rows, strict=True))
    order = np.lexsort((time, user))
    return Points(user[order], time[order], latitude[order], longitude[order])


def _point(cells: list[str], users: dict[str, int]) -> tuple[int, int, float, float]:
    if len(cells) != len(HEADINGS):
        raise ValueError(f"{len(cells)} cells under {len(HEADINGS)} headings")
    name, moment, lat, lon = (cell.strip() for cell in cells)
    if not name:
        raise ValueError("column 'user': it is empty")
    return (
        users.setdefault(name, len(users)),
        _time_ms(moment),
        _degrees(lat, "lat", 90),
        (_degrees(lon, "lon", 180)),
    )


def _time_ms(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        if not 0 <= seconds < 2**33:
            raise ValueError(f"column 'time': {text!r} seconds since 1970 are out of range")
        return int(seconds * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"column 'time': neither RFC 3339 nor seconds since 1970: {text!r}"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def _degrees(text: str, column: str, limit: int) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not -limit <= degrees <= limit:
        raise ValueError(
            f"column {column!r}: degrees must be from -{limit} to {limit}, not {text!r}"
        )
    return degrees


def grid_over(points: Points, path: Path) -> Mscs:
    """MSCs on a grid, wherever somebody was. Raises InputError when there are too many."""
    row = np.floor(points.latitude * KM_PER_DEGREE / PITCH_KM).astype(np.int64)
    middle = (row + 0.5) * PITCH_KM / KM_PER_DEGREE
    wide = PITCH_KM / (KM_PER_DEGREE * np.maximum(np.cos(np.radians(middle)), 0.05))
    column = np.floor(points.longitude / wide).astype(np.int64)
    cells, first = np.unique(np.stack((row, column)), axis=1, return_index=True)
    if cells.shape[1] > GRID_MAX:
        raise InputError(
            path,
            f"the movement covers {cells.shape[1]:,} squares of {PITCH_KM:g} km: "
            f"give an mscs.csv, or movement of fewer than {GRID_MAX:,}",
        )
    return Mscs(
        [
            Msc(
                mscid=(at // 255 + 1) << 8 | at % 255 + 1,
                name=f"{north:.2f} {east:.2f}",
                latitude=north,
                longitude=east,
                radius_km=PITCH_KM * 0.75,  # the square's corners
            )
            for at, (north, east) in enumerate(
                zip(
                    middle[first].round(4).tolist(),
                    ((cells[1] + 0.5) * wide[first]).round(4).tolist(),
                    strict=True,
                )
            )
        ]
    )


def trial_of(points: Points, mscs: Mscs, cloned: int, rng: np.random.Generator) -> Trial:
    """Registrations of the movement, *cloned* users having the number of another one.

    Raises ValueError when there are fewer pairs of users.
    """
    users = int(points.user.max()) + 1
    cloned = min(cloned, users // 2)
    shuffled = rng.permutation(users)
    originals, clones = shuffled[:cloned], shuffled[cloned : 2 * cloned]
    # Subscribers first, then clones: users are numbered anew.
    phone_of = np.empty(users, np.int64)
    others = np.setdiff1d(np.arange(users), clones)
    subscribers = len(others)
    phone_of[others] = np.arange(subscribers)
    phone_of[clones] = subscribers + np.arange(cloned)
    subscriber = np.concatenate((np.arange(subscribers), phone_of[originals]))
    rows, msc = _registrations(points, mscs)
    begins_ms, ends_ms = _spans_ms(points, users)
    user = points.user[rows]
    time = points.time[rows] + _shifts_ms(begins_ms, originals, clones)[user]
    heard = time >= _heard_from_ms(begins_ms, ends_ms, originals, clones)[user]
    phone, time, msc = phone_of[user[heard]], time[heard], msc[heard]
    order = np.argsort(time, kind="stable")
    time, phone, msc = time[order], phone[order], msc[order]
    msids, _ = numbers(np.zeros(subscribers, np.int64))
    batch = Batch.empty(len(order))
    batch.time[:], batch.msc[:] = time, msc
    batch.msid[:] = msids[subscriber[phone]]
    batch.esn[:] = ESN_FIRST + subscriber[phone]
    batch.mscid[:] = mscs.mscid_of[msc]
    batch.flags[:] = Flags.NO_TRANSACTION_ID
    batch.terminal_type[:] = rng.choice(TERMINAL_TYPES, users)[phone]
    return Trial(
        mscs=mscs,
        exact=built(mscs),
        homes=NO_HOMES,
        batch=batch,
        true_ms=time,
        phone=phone.astype(np.uint32),
        is_copy=np.zeros(len(order), np.bool_),
        subscriber=subscriber.astype(np.uint32),
        subscribers=subscribers,
        days=max(1.0, float(time[-1] - time[0]) / DAY_MS) if len(time) else 1.0,
        kind=np.full(cloned, NO_KIND),
        activity=np.full(cloned, np.nan),
    )


def _registrations(points: Points, mscs: Mscs) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Points at which a phone registers, and the MSCs there."""
    nearest = _nearest(points, mscs)
    entered = np.ones(len(nearest), np.bool_)
    entered[1:] = (nearest[1:] != nearest[:-1]) | (points.user[1:] != points.user[:-1])
    hour = points.time // PERIOD_MS
    entered[1:] |= hour[1:] != hour[:-1]
    rows = np.flatnonzero(entered)
    return rows, nearest[rows]


def _nearest(points: Points, mscs: Mscs) -> NDArray[np.int64]:
    """The MSC nearest to each point, by index."""
    latitude, longitude = (
        np.array([getattr(row, name) for row in mscs.rows], np.float64)
        for name in ("latitude", "longitude")
    )
    known = np.flatnonzero(~np.isnan(latitude))
    places = Places(latitude[known], longitude[known])
    nearest = np.empty(len(points.user), np.int64)
    chunk = max(1, CHUNK * 64 // max(1, len(known)))
    for start in range(0, len(nearest), chunk):
        part = slice(start, start + chunk)
        km = Places(points.latitude[part], points.longitude[part]).km_to(places)
        nearest[part] = known[np.argmin(km, axis=1)]
    return nearest


def _spans_ms(points: Points, users: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each user's journey begins and ends."""
    begins, ends = np.full(users, np.iinfo(np.int64).max), np.zeros(users, np.int64)
    np.minimum.at(begins, points.user, points.time)
    np.maximum.at(ends, points.user, points.time)
    return begins, ends


def _shifts_ms(
    begins_ms: NDArray[np.int64], originals: NDArray[np.intp], clones: NDArray[np.intp]
) -> NDArray[np.int64]:
    """Whole days by which each clone's journey is moved, to begin with its original's."""
    shifts = np.zeros(len(begins_ms), np.int64)
    shifts[clones] = (begins_ms[originals] - begins_ms[clones]) // DAY_MS * DAY_MS
    return shifts


def _heard_from_ms(
    begins_ms: NDArray[np.int64],
    ends_ms: NDArray[np.int64],
    originals: NDArray[np.intp],
    clones: NDArray[np.intp],
) -> NDArray[np.int64]:
    """When each user's phone registers for the first time: a clone's so late that habits show."""
    alone = np.minimum(int(HISTORY_DAYS * DAY_MS), (ends_ms - begins_ms) // 3)
    heard_from = np.zeros(len(begins_ms), np.int64)
    heard_from[clones] = (begins_ms + alone)[originals]
    return heard_from
