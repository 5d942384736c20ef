"""A drawing as SVG that stands in a page and takes the page's colours, light or dark.

Figures are drawn in INK: colours that nobody would choose, one for each of the page's. In the SVG
they become variables of the page's style.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

TEXT: Final = "#0a0b01"
FAINT: Final = "#0a0b02"  # grids, axes, what is beside the point
COUNTED: Final = "#0a0b03"
KEPT_BACK: Final = "#0a0b04"
WRONG: Final = "#0a0b05"  # the impossible
PHONES: Final = ("#0a0b06", "#0a0b07", "#0a0b08", "#0a0b09")  # ESNs
PAPER: Final = "#0a0b0a"
CARD: Final = "#0a0b0b"  # behind a drawing
INK: Final = {
    TEXT: "--text",
    FAINT: "--faint",
    COUNTED: "--counted",
    KEPT_BACK: "--kept-back",
    WRONG: "--wrong",
    PHONES[0]: "--phone-1",
    PHONES[1]: "--phone-2",
    PHONES[2]: "--phone-3",
    PHONES[3]: "--phone-4",
    PAPER: "--paper",
    CARD: "--card",
}
# Text stays text, names are no formulas, and the same figures give the same octets.
SETTINGS: Final[Any] = {
    "svg.hashsalt": "clonewatch",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 8,
    "text.color": TEXT,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.labelcolor": TEXT,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "grid.color": FAINT,
    "grid.linewidth": 0.4,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "legend.frameon": False,
    "legend.fontsize": 7,
}
_HEAD: Final = re.compile(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>')
_ID: Final = re.compile(r' id="([^"]*)"')
_REFERENCE: Final = re.compile(r'(?:url\(|href=")#([^")]*)')


def svg(draw: Callable[[], Figure], label: str, prefix: str) -> Markup:
    """What *draw* gives, as an element of HTML.

    *label* is for those who cannot see it, *prefix* that of its ids.
    """
    stream = io.StringIO()
    with mpl.rc_context(SETTINGS):
        draw().savefig(stream, format="svg", metadata=_NO_METADATA)
    text = stream.getvalue()
    text = text[text.index("<svg ") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    used = set(_REFERENCE.findall(text))
    text = _ID.sub(lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", text)
    text = _REFERENCE.sub(lambda m: m[0].replace("#" + m[1], f"#{prefix}-{m[1]}"), text)
    text = text.replace("xlink:href", "href")
    for colour, variable in INK.items():
        text = text.replace(colour, f"var({variable})")
    head = f'<svg viewBox="\\1" role="img" aria-label="{_quoted(label)}">'
    return Markup(_HEAD.sub(head, text, count=1))  # noqa: S704  # matplotlib escapes its texts


def _quoted(label: str) -> str:
    """For an attribute, and for `re.sub`."""
    return str(escape(label)).replace("\\", r"\\")


_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
