"""The house rule: every module has a test file of its own, in the mirrored place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
TREES: Final = {"protocol/is41": "tests/protocol", "daemon/clonewatch": "tests/daemon"}
WITHOUT: Final = {
    "protocol/is41/bounds.py": "two numbers; test_ber goes up to them and beyond",
    "protocol/is41/flags.py": "a table alone; test_regnots and test_scan set each",
    "protocol/is41/mtp/codes.py": "tables alone; test_msu reads and writes them",
    "protocol/is41/mtp/grammar.py": "one construct; test_pointcode reads and writes it",
    "protocol/is41/sccp/codes.py": "tables alone; test_messages reads and writes them",
    "protocol/is41/tali/codes.py": "tables alone; test_messages reads and writes them",
    "protocol/is41/tcap/codes.py": "tables alone; test_messages reads and writes them",
    "daemon/clonewatch/__main__.py": "a few lines; test_output runs them",
    "daemon/clonewatch/store/migrations/env.py": "every store that is opened runs it",
    "daemon/clonewatch/store/migrations/versions/v0001_first.py": "test_tables holds it to them",
    "daemon/clonewatch/store/migrations/versions/v0002_suspension.py": "likewise",
    "daemon/clonewatch/store/migrations/versions/v0003_messages.py": "likewise",
    "daemon/clonewatch/store/migrations/versions/v0004_set_aside.py": "likewise",
    "daemon/clonewatch/cli/options.py": "annotations alone; every verb's test uses them",
    "daemon/clonewatch/cli/travel/options.py": "annotations alone; every verb's test uses them",
}


@pytest.mark.parametrize("tree", TREES)
def test_every_module_has_a_test_twin(tree: str) -> None:
    modules = [path.relative_to(ROOT / tree) for path in (ROOT / tree).rglob("*.py")]
    lonely = {
        f"{tree}/{module}"
        for module in modules
        if module.name != "__init__.py"
        and not (ROOT / TREES[tree] / module.with_name(f"test_{module.name}")).exists()
    }
    assert modules
    assert lonely == {name for name in WITHOUT if name.startswith(tree)}
