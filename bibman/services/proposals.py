"""The works that a waiting passage may speak of, as the library keeps them with its evidence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bibman.model.differing import Span, differing, nearest_piece
from bibman.model.identifiers import record_identifiers
from bibman.model.names import short_names
from bibman.model.record import Record
from bibman.model.vocabulary import CONTAINER_FIELDS
from bibman.providers.catalogue_format import read_record, write_record


@dataclass(frozen=True, slots=True)
class Proposed:
    """A work that a passage may speak of: who proposes it, what the passage was taken for, and how alike they are."""

    record: Record
    provider: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposed work as a person sees it beside the passage.

    `piece` is what of the work is to be compared, its title or the nearest piece of its abstract; `spans` are where in
    it words stand that the passage has not, `missing` where in the passage those stand that the piece has not.
    """

    title: str
    names: str
    year: str
    container: str
    identifiers: tuple[str, ...]
    piece: str
    spans: tuple[Span, ...]
    missing: tuple[Span, ...]


def shown(text: str, proposed: Proposed) -> Shown:
    """A proposed work beside the `text` of the passage."""
    record = proposed.record
    texts = record.texts
    title = ": ".join(filter(None, (texts.get("title", ""), texts.get("subtitle", ""))))
    is_title = proposed.kind in ("title", "reference") or not texts.get("abstract")
    piece = title if is_title else nearest_piece(text, texts["abstract"])
    missing, spans = differing(text, piece)
    if not is_title:
        # Where the text begins and ends within the abstract is no difference, nor is the word in which it is cut off.
        spans = [span for span in spans if span[0] > 1 and span[1] < len(piece.rstrip(". …"))]
        missing = [span for span in missing if not (text.endswith("...") and span[1] >= len(text) - len("..."))]
    people = record.names.get("author") or record.names.get("editor") or ()
    return Shown(
        title,
        short_names(list(people)),
        texts.get("date", "")[:4],
        next((texts[name] for name in CONTAINER_FIELDS if texts.get(name)), ""),
        tuple(f"{each.scheme}:{each.value}" for each in record_identifiers(record)),
        piece,
        tuple(spans),
        tuple(missing),
    )


def proposing(proposed: Sequence[Proposed]) -> dict[str, Any]:
    """How the evidence of a passage keeps the works that it may speak of."""
    return {
        "candidates": [
            {
                "provider": each.provider,
                "kind": each.kind,
                "score": each.score,
                "record": json.loads(write_record(each.record)),
            }
            for each in proposed
        ]
    }


def proposed_in(evidence: Mapping[str, Any]) -> tuple[Proposed, ...]:
    """The works that the evidence of a passage proposes, the best first."""
    return tuple(
        Proposed(read_record(json.dumps(each["record"])), each["provider"], each["kind"], each["score"])
        for each in evidence.get("candidates", ())
    )
