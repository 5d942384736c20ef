"""docs/parameters.md, written from the registries."""

from pathlib import Path

from is41.map.operations import Operation
from is41.map.reference import page
from is41.map.tags import ParameterTag

PAGE = Path(__file__).parents[3] / "docs" / "parameters.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "python -m is41.map.reference > docs/parameters.md"


def test_the_page_names_every_operation_and_parameter() -> None:
    text = page()
    for operation in Operation:
        assert f"| `09 {operation:02X}` | {operation.standard_name} |" in text
    for tag in ParameterTag:
        assert f"| {tag.standard_name} |" in text


def test_links_lead_somewhere() -> None:
    text = page()
    anchors = {line[4:].lower() for line in text.splitlines() if line.startswith("### ")}
    links = {link.partition(")")[0] for link in text.split("](#")[1:]}
    assert links <= anchors
