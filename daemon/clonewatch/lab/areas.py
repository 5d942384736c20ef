"""Areas that MSCs cover: what is nearest to each, no further than a cell reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.cities import KM_PER_DEGREE, distance_km

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH_KM: Final = 70.0  # from an MSC to its farthest cells
CELL_DEGREES: Final = 0.02  # of the raster: 2.2 km from north to south
CELL_KM: Final = CELL_DEGREES * KM_PER_DEGREE
CELLS_EVERY: Final = 2  # steps of the raster from one radio cell to the next
CELLS_KM: Final = round(CELLS_EVERY / 2 * CELL_KM * 2**0.5, 2)  # from its middle to its corners
NO_SERVICE: Final = -1
SOUTH, NORTH = 23.5, 50.5
WEST, EAST = -127.0, -65.0
DIRECTIONS: Final = 72
NEAR_KM: Final = 500.0  # up to here areas are seen as on a plane


class Areas:
    """A raster of who serves what, of the 48 states."""

    def __init__(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> None:
        """*latitude*, *longitude*: of each MSC, degrees."""
        self.latitude, self.longitude = latitude, longitude
        shape = (round((NORTH - SOUTH) / CELL_DEGREES), round((EAST - WEST) / CELL_DEGREES))
        self._serving = np.full(shape, NO_SERVICE, np.int16)
        nearest_km = np.full(shape, REACH_KM, np.float32)
        for msc, (north, east) in enumerate(
            zip(latitude.tolist(), longitude.tolist(), strict=True)
        ):
            self._paint(msc, north, east, nearest_km)

    def _paint(self, msc: int, north: float, east: float, nearest_km: NDArray[np.float32]) -> None:
        """Give *msc* the cells that are nearer to it than to those before."""
        high = REACH_KM / KM_PER_DEGREE
        wide = high / np.cos(np.radians(abs(north) + high))
        rows = slice(*_span(north - SOUTH, high, nearest_km.shape[0]))
        columns = slice(*_span(east - WEST, wide, nearest_km.shape[1]))
        lat = SOUTH + (np.arange(rows.start, rows.stop) + 0.5) * CELL_DEGREES
        lon = WEST + (np.arange(columns.start, columns.stop) + 0.5) * CELL_DEGREES
        km = distance_km(lat[:, None], lon[None, :], np.array(north), np.array(east))
        km = km.astype(np.float32)
        nearer = km < nearest_km[rows, columns]
        nearest_km[rows, columns][nearer] = km[nearer]
        self._serving[rows, columns][nearer] = msc

    def at(
        self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """MSCs that serve places, NO_SERVICE where none does."""
        row = ((latitude - SOUTH) / CELL_DEGREES).astype(np.int64)
        column = ((longitude - WEST) / CELL_DEGREES).astype(np.int64)
        rows, columns = self._serving.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        found = self._serving[np.where(inside, row, 0), np.where(inside, column, 0)]
        return np.where(inside, found, NO_SERVICE).astype(np.int64)

    def extents_km(self) -> NDArray[np.float64]:
        """How far each area reaches from its MSC, by direction: [MSC, DIRECTIONS], from east on.

        0 for an MSC without an area.
        """
        cells = np.flatnonzero(self._serving.ravel() != NO_SERVICE)
        msc = self._serving.ravel()[cells].astype(np.int64)
        order = np.argsort(msc, kind="stable")
        cells, msc = cells[order], msc[order]
        row, column = np.divmod(cells, self._serving.shape[1])
        lat = SOUTH + (row + 0.5) * CELL_DEGREES
        lon = WEST + (column + 0.5) * CELL_DEGREES
        north = (lat - self.latitude[msc]) * KM_PER_DEGREE
        east = (lon - self.longitude[msc]) * KM_PER_DEGREE * np.cos(np.radians(self.latitude[msc]))
        present, starts = np.unique(msc, return_index=True)
        extents = np.zeros((len(self.latitude), DIRECTIONS))
        for at, angle in enumerate(angles()):
            along = east * np.cos(angle) + north * np.sin(angle)
            extents[present, at] = np.maximum.reduceat(along, starts) + CELL_KM / 2
        return extents

    def cells(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Cells that cover the edges of the areas: MSC, and degrees north and east of the middle.

        All reach CELLS_KM.
        """
        serving = np.pad(self._serving, 1, constant_values=NO_SERVICE)
        inside = serving[1:-1, 1:-1]
        edge = np.zeros(inside.shape, np.bool_)
        for neighbour in (
            serving[:-2, 1:-1],
            serving[2:, 1:-1],
            serving[1:-1, :-2],
            serving[1:-1, 2:],
        ):
            edge |= neighbour != inside
        row, column = np.nonzero(edge & (inside != NO_SERVICE))
        msc = inside[row, column].astype(np.int64)
        msc, row, column = np.unique(
            np.stack((msc, row // CELLS_EVERY, column // CELLS_EVERY)), axis=1
        )
        half = CELLS_EVERY / 2
        north = SOUTH + (row * CELLS_EVERY + half) * CELL_DEGREES
        return msc, north, WEST + (column * CELLS_EVERY + half) * CELL_DEGREES

    def gaps_km(self) -> NDArray[np.float64]:
        """Least distance from each area to each, 0 where they touch.

        Areas are convex, so that some direction shows the whole gap.
        """
        extents = self.extents_km()
        lat, lon = self.latitude, self.longitude
        apart = distance_km(lat[:, None], lon[:, None], lat, lon)
        mean = np.radians((lat[:, None] + lat) / 2)
        east = (lon - lon[:, None]) * KM_PER_DEGREE * np.cos(mean)
        north = (lat - lat[:, None]) * KM_PER_DEGREE
        way = np.round(np.arctan2(north, east) / (2 * np.pi) * DIRECTIONS).astype(np.int64)
        numbers = np.arange(len(lat))
        forward, back = way % DIRECTIONS, (way + DIRECTIONS // 2) % DIRECTIONS
        gaps = apart - extents[numbers[:, None], forward] - extents[numbers[None, :], back]
        first, second = np.nonzero(apart < NEAR_KM)
        best = gaps[first, second]
        for at, angle in enumerate(angles()):
            along = east[first, second] * np.cos(angle) + north[first, second] * np.sin(angle)
            other = (at + DIRECTIONS // 2) % DIRECTIONS
            best = np.maximum(best, along - extents[first, at] - extents[second, other])
        gaps[first, second] = best
        gaps[gaps < CELL_KM] = 0
        np.fill_diagonal(gaps, 0)
        return np.minimum(gaps, gaps.T)


def angles() -> list[float]:
    """The directions, radians from east to north."""
    return [2 * np.pi * at / DIRECTIONS for at in range(DIRECTIONS)]


def _span(middle: float, reach: float, size: int) -> tuple[int, int]:
    low = int((middle - reach) / CELL_DEGREES)
    high = int((middle + reach) / CELL_DEGREES) + 2
    return max(0, low), min(size, high)
