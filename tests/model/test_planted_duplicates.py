"""Planted duplicates are found, and what only looks so is left alone: the benchmark, small."""

from benchmarks.duplicates import NEGATIVE, PLANTED, library
from bibman.model.duplicates import Sameness, compare
from bibman.model.pairing import Pairing
from bibman.model.traits import traits_of_each


def test_planted_duplicates_are_found_and_few_others() -> None:
    made = list(library(3000, 500, seed=3))
    traits = traits_of_each([entry for _, entry in made])
    pairing = Pairing()
    for each in traits:
        pairing.add(each)
    verdicts = {pair: compare(traits[pair[0]], traits[pair[1]]).verdict for pair in pairing.pairs()}
    found = {pair for pair, verdict in verdicts.items() if verdict is not Sameness.NO}
    wanted = {(place - 1, place) for place, (kind, _) in enumerate(made) if kind in PLANTED}
    assert {kind for kind, _ in made} == {"work", *PLANTED, *NEGATIVE}
    assert len(found & wanted) >= 0.95 * len(wanted)
    assert len(found & wanted) >= 0.99 * len(found)
    assert {pair for pair, verdict in verdicts.items() if verdict is Sameness.CERTAIN} <= wanted
    assert len(verdicts) < 5 * len(made)
