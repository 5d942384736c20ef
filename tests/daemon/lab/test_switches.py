"""The switches of a made network."""

from __future__ import annotations

from clonewatch.lab.switches import point_code, switches

PLACES = [(40.0, -100.0 + at, 30.0, f"City {at}") for at in range(20)]


def test_every_tenth_switch_serves_two_markets() -> None:
    mscs, indices = switches(PLACES, names=True)
    assert (len(mscs.names), len(mscs)) == (20, 22)
    twice = [msc for msc, (one, two) in enumerate(indices.tolist()) if one != two]
    assert twice == [9, 19]
    assert mscs.name(int(indices[9, 0])) == mscs.name(int(indices[9, 1])) == "City 9"


def test_without_names_an_msc_is_one_number() -> None:
    mscs, indices = switches(PLACES, names=False)
    assert mscs.names[:5] == ("4660-1", "4660-2", "4660-3", "4660-4", "4661-1")
    assert (indices[:, 0] == indices[:, 1]).all()


def test_point_codes_lead_back_to_the_msc() -> None:
    places = [(40.0, -100.0, 1.0, f"{at}") for at in range(600)]
    mscs, indices = switches(places, names=True)
    for msc in range(600):
        assert mscs.by_point_code(int(point_code(msc))) == indices[msc, 0]
