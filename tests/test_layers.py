"""The bindings of a unit in layers: in their order, and none beside one whose decisions it reads."""

from __future__ import annotations

import pytest

from processor.batch.eras import Era, with_eras
from processor.batch.layers import in_layers
from processor.catalogue.catalogue import load_packs
from processor.engine.decide import ordered
from processor.engine.decider import register_judged

PACKS = load_packs()


@pytest.mark.parametrize("name", sorted(PACKS))
def test_none_is_decided_beside_one_that_it_reads(name: str) -> None:
    items = list(with_eras([PACKS[name]], []))
    layers = list(in_layers(items))
    assert [item for layer in layers for item in layer] == items
    assert [binding.id for layer in layers for _, binding, _ in layer] == [b.id for _, b in ordered([PACKS[name]])]
    for layer in layers:
        for _, binding, _ in layer:
            others = {clause for _, other, _ in layer if other is not binding for clause in other.clauses}
            before = layer[: [other for _, other, _ in layer].index(binding)]
            made = {clause for _, other, _ in before for clause in other.clauses}
            assert made.isdisjoint(binding.after)
            assert others.isdisjoint(set(binding.after) - set(binding.clauses))


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_binding_reads_the_register_without_whose_rows_it_finds_nothing(name: str) -> None:
    for binding in PACKS[name].bindings:
        assert register_judged(binding) in {"", *binding.reads}


def test_a_former_version_decides_before_the_one_of_today() -> None:
    pack = PACKS["salon"]
    first = pack.bindings[0]
    era = Era(pack, dict.fromkeys(first.clauses))  # type: ignore[arg-type]
    layers = list(in_layers(with_eras([pack], [era])))
    places = [(number, of) for number, layer in enumerate(layers) for _, binding, of in layer if binding.id == first.id]
    assert [of for _, of in places] == [era, None]
    assert places[0][0] < places[1][0]
