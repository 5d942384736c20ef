"""Bounds of ours on tags and lengths, which grammars and kernels keep alike."""

from __future__ import annotations

from typing import Final

TAG_OCTETS_MAX: Final = 4  # octets; IS-41 gives out tags of at most three
LENGTH_OCTETS_MAX: Final = 4  # octets after the first; no transport carries more than 4 GiB
