"""The record that an entry is: what its fields say of the work, in Unicode and by BibLaTeX's names."""

from bibman.formats.dialects import to_biblatex
from bibman.model.derive import derive
from bibman.model.entry import Entry
from bibman.model.latex import decode
from bibman.model.record import Record
from bibman.model.vocabulary import REFERENCE_FIELDS, is_name_list, is_verbatim

# They belong to the one who keeps the entry, or name other entries of the same file, and say nothing of the work.
_OWN = frozenset("keywords file note annotation owner timestamp groups ids sortkey".split()).union(REFERENCE_FIELDS)
_OTHERS = "others"


def entry_record(entry: Entry) -> Record:
    """What `entry`, in either dialect, says of its work. Fields that are its keeper's own are left out, and so are
    the keys of other entries, which mean nothing elsewhere.

    Raises ValueError, whose text is the reason, where it has no title.
    """
    derived = derive(entry)
    if not derived.title:
        raise ValueError("no title")
    texts = {"title": derived.title}
    for field in to_biblatex(entry).fields:
        if field.name in _OWN or field.name == "subtitle" or is_name_list(field.name) or field.name in texts:
            continue
        text = field.value if is_verbatim(field.name) else decode(field.value)
        if text := " ".join(text.split()):
            texts[field.name] = text
    if derived.date:
        texts["date"] = derived.date
    names = {
        role: kept
        for role, people in derived.names.items()
        if (kept := tuple(person for person in people if person.family != _OTHERS))
    }
    return Record(to_biblatex(entry).type, texts, names)
