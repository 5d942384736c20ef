"""Long lists for `IN (...)`, cut to what one statement takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import BindParameter, bindparam

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARAMETERS_MAX: Final = 500  # of one statement; SQLite takes more, other databases may not

# For statements that are made once, as making one costs more than running it: `IN (these)`.
ONE_OF: Final[BindParameter[Any]] = bindparam("these", expanding=True)

T = TypeVar("T")


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give *values* in their order, PARAMETERS_MAX at a time."""
    for at in range(0, len(values), PARAMETERS_MAX):
        yield values[at : at + PARAMETERS_MAX]
