"""A table of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, model_validator
from pydantic_core import ValidationError

from .faults import about, explained, refuse

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails


class Section(BaseModel):
    """A table: frozen, no keys but its own, and all its faults at once.

    Faults between keys are what `between_keys` gives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together (`faults.fault`)."""
        return []

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Look between keys even where some keys are wrong by themselves: leave these out."""
        names = [field.alias or name for name, field in cls.model_fields.items()]
        try:
            made = handler(value)
        except ValidationError as error:
            faults = explained(error, names)
            wrong = {line["loc"][0] for line in faults if line["loc"]}
            if isinstance(value, dict) and wrong & set(value):
                faults += cls._behind(value, wrong, handler)
            refuse(cls.__name__, faults)
            raise
        refuse(cls.__name__, made.between_keys())
        return made

    @classmethod
    def _behind(
        cls,
        value: dict[str, Any],
        wrong: set[int | str],
        handler: ModelWrapValidatorHandler[Self],
    ) -> list[InitErrorDetails]:
        """Faults that the *wrong* keys hide."""
        try:
            made = handler({name: inner for name, inner in value.items() if name not in wrong})
        except ValidationError:
            return []  # a wrong key was one that cannot be missing
        return [line for line in made.between_keys() if not about(line) & wrong]
