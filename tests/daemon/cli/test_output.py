"""What verbs say to people."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from clonewatch.cli.output import tree


def test_a_terminal_gets_sentences() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.run(
        [sys.executable, "-m", "clonewatch", "demo"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert process.returncode == 0
    assert shown.splitlines()[0] == (
        "clone       6145551234       MSC A 2026-11-22T10:00:00Z -> MSC C 2026-11-22T10:45:00Z  "
        "45.0 min of 80 needed"
    )


def test_a_message_is_a_tree_with_a_line_a_parameter(capsys: object) -> None:
    tree(
        {
            "sccp": {"called": {"subsystem": "HLR"}},
            "tcap": {
                "components": [
                    {
                        "operation": "RegistrationNotification",
                        "parameters": [
                            {"offset": 45, "tag": "88", "name": "MIN", "value": "5551234567"},
                            {"offset": 52, "tag": "95", "name": "MSCID", "error": {"reason": "no"}},
                        ],
                    }
                ]
            },
        }
    )
    assert capsys.readouterr().out.splitlines() == [  # type: ignore[attr-defined]
        "sccp",
        "  called",
        "    subsystem: HLR",
        "tcap",
        "  components 1",
        "    operation: RegistrationNotification",
        "      45 88     MIN: 5551234567",
        "      52 95     MSCID: reason no",
        "",
    ]


# What no daemon calls may be compiled when it is called.
OFFLINE = {"clonewatch.travel.cells"}


def test_every_kernel_is_compiled_before_the_daemon_runs() -> None:
    top = Path(__file__).parents[3]
    roots = top / "protocol", top / "daemon"
    with_kernels = {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for root in roots
        for path in root.rglob("*.py")
        if re.search(r"^@kernel\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    script = "from clonewatch.cli.output import load_kernels; load_kernels()\n"
    script += "from is41.kernel.kernels import KERNELS\n"
    script += f"import sys; assert not {OFFLINE} & sys.modules.keys()\n"
    script += "print(*(each.__module__ for each in KERNELS if each.is_loaded))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert with_kernels > OFFLINE
    assert with_kernels - OFFLINE == set(ran.stdout.split())
