"""The configuration: one TOML file, validated whole, every fault named by its key.

`model` is the file's outline, `links` and `sections` its tables, `values` what stands in them; each
table is a `section.Section`. `checks` looks at tables side by side. `loading` reads the file and
gives a `Config`, or raises `errors.Misconfigured` with every fault there is (`faults`).

A new table is a `Section` and a field of `Config`; what it must have in common with others is one
more function in `checks.CHECKS`.
"""

from __future__ import annotations

from .loading import load
from .model import Config

__all__ = ["Config", "load"]
