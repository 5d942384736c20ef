"""tshark's fields as REGNOTs, compared with ours."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench import tshark
from bench.processes import run
from bench.tshark import Regnot

PCAPS = Path(__file__).parents[2] / "pcaps"
FIRST = Regnot(0x6926D032, "8265557927", 0x74DDDA59, 4668 << 8 | 1)
SECOND = Regnot(0x0C1A6423, "2285551007", 0x7521E5F4, 4722 << 8 | 3)


def test_regnots_of_one_packet_stand_comma_by_comma() -> None:
    one = "660769\t6926d032\t8265557927\t74ddda59\t4668\t1\n"
    none = "\t\t\t\t\t\n"
    both = "1,2\t6926d032,0c1a6423\t8265557927,2285551007\t74ddda59,7521e5f4\t4668,4722\t1,3\n"
    assert tshark.told(one + none + both) == Counter({FIRST: 2, SECOND: 1})


def test_the_share_that_it_reads() -> None:
    output = "1\t6926d032\t8265557927\t74ddda59\t4668\t1\n"
    assert tshark.share_read(output, Counter([FIRST, SECOND])) == 0.5


def test_what_only_tshark_reads_ends_the_run() -> None:
    output = "1\t6926d032\t8265557927\t74ddda59\t4668\t1\n"
    with pytest.raises(SystemExit, match="1 REGNOTs that we do not"):
        tshark.share_read(output, Counter([SECOND]))


@pytest.mark.tshark
@pytest.mark.parametrize("name", ["fig6-mtp3.pcap", "fig6-tali.pcap"])
def test_both_read_figure_6_alike(name: str) -> None:
    expected = tshark.ours(PCAPS / name)
    assert expected
    assert tshark.share_read(run(*tshark.command(PCAPS / name)).output, expected) == 1.0
