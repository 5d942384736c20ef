"""Confidence intervals of 95 %, for shares, rates and quantiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGMAS: Final = 1.959964
TAIL: Final = 0.025
STEPS: Final = 80  # of bisection: more than a float's digits


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the interval that holds the true one with 95 %; NaN where nothing was tried."""

    value: float
    low: float
    high: float

    def scaled(self, factor: float) -> Estimate:
        """The same in another unit."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


NOTHING: Final = Estimate(math.nan, math.nan, math.nan)


def share(count: int, of: int) -> Estimate:
    """*count* of *of*, with Wilson's interval."""
    if not of:
        return NOTHING
    p, z2 = count / of, SIGMAS**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = SIGMAS / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of**2))
    low = 0.0 if count == 0 else middle - half
    return Estimate(p, low, 1.0 if count == of else middle + half)


def rate(count: int, exposure: float) -> Estimate:
    """*count* events in *exposure*, with the exact interval of Poisson's law (Garwood)."""
    if not exposure:
        return NOTHING
    low = _mean_for(count - 1, 1 - TAIL) if count else 0.0
    high = _mean_for(count, TAIL)
    return Estimate(count, low, high).scaled(1 / exposure)


def quantile(values: Sequence[float], which: float) -> Estimate:
    """A quantile, with the interval that order statistics give."""
    if not len(values):
        return NOTHING
    ordered = np.sort(np.asarray(values, np.float64))
    count = len(ordered)
    half = SIGMAS * math.sqrt(count * which * (1 - which))
    low = max(0, math.floor(count * which - half))
    high = min(count - 1, math.ceil(count * which + half))
    return Estimate(float(np.quantile(ordered, which)), float(ordered[low]), float(ordered[high]))


def _mean_for(count: int, probability: float) -> float:
    """The mean with which at most *count* events have that *probability*."""
    low, high = 0.0, count + 10 * math.sqrt(count + 1) + 20.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _at_most(count, middle) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    """Probability of at most *count* events."""
    if mean <= 0:
        return 1.0
    return math.fsum(
        math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count + 1)
    )
