"""`update`."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.asking import end, problems_as_json, tell_problems
from bibman.cli.completion import complete_key
from bibman.cli.differences import as_json as differences_as_json
from bibman.cli.differences import show_differences
from bibman.cli.groups import group
from bibman.cli.output import Progress, clean, emit_json, note, warn
from bibman.cli.selection import CitedIn, KeysOrAll, Query, citations, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import UsageError
from bibman.model.differences import Difference

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bibman.services.citations import Cited
    from bibman.services.selection import Selection
    from bibman.services.updating import Publication, Update
    from bibman.storage.reading import Reader
    from bibman.storage.rows import StoredEntry

app = group()


@app.command("update")
def update(
    context: typer.Context,
    keys: KeysOrAll = None,
    query: Query = None,
    cited_in: CitedIn = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write what is certain.")] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="KEY[=DOI]",
            help="Write what is doubtful of this entry; may be said several times.",
            autocompletion=complete_key,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find what preprints have been published as. Shown with the evidence, and written on demand."""
    from bibman.services.configuration import catalogue_folder
    from bibman.services.selection import Selection
    from bibman.services.updating import update_entries, updates
    from bibman.services.works import witnesses

    session, chosen, wanted = session_of(context), selected_or_all(keys, query), _accepted(accept or ())
    if not (chosen.is_made or cited_in or apply) and wanted:
        chosen = Selection(list(wanted))
    progress = Progress("Looked up")
    try:
        with session.asking() as client, witnesses(catalogue_folder(), client) as known:
            with session.reading() as reader:
                accepted_ids = {reader.ids([key])[key]: doi for key, doi in wanted.items()}
                ids = _meant(reader, chosen, citations(cited_in), accepted_ids)
                found = updates(reader, ids, known, progress)
            asked = known.asked
    finally:
        progress.close()
    writing = _to_be_written(found, accepted_ids, apply=apply)
    if writing:
        with session.writing() as library:
            update_entries(library, writing)
    tell_problems(asked.problems, was_answered=asked.was_answered)
    if as_json:
        entries = [_as_json(each, is_written=each.stored.id in writing) for each in found]
        emit_json({"applied": len(writing), "entries": entries, "problems": problems_as_json(asked.problems)})
    else:
        _show(found, writing)
    doubtful = [each for each in found if each.status == "doubtful" and each.stored.id not in writing]
    end(asked, is_partial=bool(apply and doubtful))


def _accepted(names: "Sequence[str]") -> dict[str, str]:
    """Key → the DOI that is wanted of its publications, empty for the first."""
    found = {}
    for name in names:
        parts = re.fullmatch(r"(.+?)(?:=(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\..+))?", name.strip())
        if parts is None:
            raise UsageError(f"not a key: {name!r}", "Say it like --accept doe2020t, or --accept doe2020t=10.1000/182")
        found[parts[1]] = parts[2] or ""
    return found


def _meant(reader: "Reader", chosen: "Selection", cited: "Cited | None", accepted: "Collection[int]") -> list[int]:
    """The ids of the entries that are meant; without a word the preprints among all."""
    from bibman.services.updating import check_identified, preprints

    check_identified(reader, [*accepted, *reader.ids(chosen.keys).values()])
    ids = dict.fromkeys(accepted)
    if cited is not None:
        from bibman.services.cited_keys import named_by

        for remark in cited.remarks:
            warn(remark)
        named, unknown = named_by(reader, cited)
        for key, near in unknown.items():
            warn(f"{key} is cited, and not in the library" + (f": did you mean {' or '.join(near)}?" if near else ""))
        ids |= dict.fromkeys(reader.all_ids() if cited.everything else named)
    if chosen.is_made:
        ids |= dict.fromkeys(chosen.ids(reader))
    if cited is None and not chosen.is_made:
        ids |= dict.fromkeys(preprints(reader, reader.all_ids()))
    return list(ids)


def _to_be_written(
    found: "Sequence[Update]", accepted: "Mapping[int, str]", *, apply: bool
) -> "dict[int, tuple[StoredEntry, Publication]]":
    from bibman.services.updating import chosen_publication

    writing = {}
    for each in found:
        if each.stored.id in accepted:
            writing[each.stored.id] = (each.stored, chosen_publication(each, accepted[each.stored.id]))
        elif apply and each.status == "certain":
            writing[each.stored.id] = (each.stored, each.publications[0])
    return writing


def _show(found: "Sequence[Update]", writing: "Mapping[int, tuple[StoredEntry, Publication]]") -> None:
    for each in found:
        key, written = each.stored.entry.key, writing.get(each.stored.id)
        if written is not None:
            _show_changes(key, "updated", written[1])
        elif each.status == "said":
            said = Difference("field", "publication", None, each.said)
            show_differences([said], (key, "said", "", "by its authors; nobody who was asked knows it"))
        elif each.status != "already here":
            for publication in each.publications:
                _show_changes(key, each.status if publication is each.publications[0] else "doubtful", publication)
        _show_remarks(each, is_written=written is not None)
    _sum_up(found, writing)


def _show_changes(key: str, state: str, publication: "Publication") -> None:
    found = publication.found
    number = f"doi:{publication.doi}" if publication.doi else "no DOI"
    why = f"{found.provider}, by {found.way}: {', '.join(found.comparison.reasons)}"
    show_differences(publication.changes, (key, state, number, why))


def _show_remarks(update: "Update", *, is_written: bool) -> None:
    key = update.stored.entry.key
    for remark in update.remarks:
        warn(f"{key}: {remark}")
    for notice in update.notices:
        warn(f"{key}: {notice.message}")
    if update.present and not is_written:
        note(f"{key} has been published as {update.present}, which is here: bibman merge {update.present} {key}")


def _sum_up(found: "Sequence[Update]", writing: "Collection[int]") -> None:
    from collections import Counter

    from bibman.services.wording import counted

    left = [each for each in found if each.stored.id not in writing]
    statuses = Counter(each.status for each in left)
    parts = [f"{len(writing)} updated"] if writing else []
    parts += [f"{statuses[status]} {status}" for status in ("certain", "doubtful", "already here") if statuses[status]]
    asked = counted(len(found) - statuses["published"], "preprint")
    note(f"{asked}: {', '.join(parts) or 'no publication found'}")
    if statuses["certain"]:
        note("--apply writes what is certain" if writing else "nothing was written: --apply writes what is certain")
    if statuses["doubtful"]:
        key = next(each.stored.entry.key for each in left if each.status == "doubtful")
        note(f"look at what is doubtful, and take it one by one: --accept {clean(key)}")


def _as_json(update: "Update", *, is_written: bool) -> dict[str, Any]:
    return {
        "key": update.stored.entry.key,
        "status": update.status,
        "applied": is_written,
        "publications": [_publication_as_json(each) for each in update.publications],
        "said": update.said or None,
        "present": update.present or None,
        "notices": [{"code": each.code, "message": each.message} for each in update.notices],
        "remarks": update.remarks,
    }


def _publication_as_json(publication: "Publication") -> dict[str, Any]:
    found = publication.found
    return {
        "certain": found.is_certain,
        "doi": publication.doi or None,
        "provider": found.provider,
        "found_by": str(found.way),
        "score": found.comparison.score,
        "reasons": list(found.comparison.reasons),
        "changes": differences_as_json(publication.changes),
    }
