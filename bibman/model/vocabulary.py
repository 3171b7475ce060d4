"""Entry types and fields as BibTeX and BibLaTeX name them: tables, and the lookups in them.

Sources: "BibTeXing" (btxdoc), section 3, for BibTeX; the BibLaTeX manual, sections 2.1 and 2.2, and its data model
(blx-dm.def) for BibLaTeX. Types and field names are lower case throughout.
"""

from typing import Final, Literal

from bibman.model.nearest import nearest

Dialect = Literal["bibtex", "biblatex"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIBTEX_TYPES: Final = _words(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis"
    " proceedings techreport unpublished"
)
"""The types of the standard styles of BibTeX (btxdoc, 3.1)."""

STYLE_TYPES: Final = _words("electronic internet online patent periodical standard webpage www")
"""Types that the standard styles lack but IEEEtran.bst and its relatives have."""

CONTROL_TYPES: Final = _words("control ieeetranbstctl")
"""Types of entries that are no works, but settings of a style (REVTeX, IEEEtran)."""

BIBLATEX_TYPES: Final = _words(
    "article artwork audio bibnote book bookinbook booklet collection commentary customa customb customc customd"
    " custome customf dataset image inbook incollection inproceedings inreference jurisdiction legal legislation"
    " letter manual misc movie music mvbook mvcollection mvproceedings mvreference online patent performance"
    " periodical proceedings reference report review set software standard suppbook suppcollection suppperiodical"
    " thesis unpublished video xdata"
)
"""The types of BibLaTeX's data model (manual, 2.1.1 and 2.1.3)."""

TYPE_ALIASES: Final[dict[str, tuple[str, str]]] = {
    "conference": ("inproceedings", ""),
    "electronic": ("online", ""),
    "www": ("online", ""),
    "mastersthesis": ("thesis", "mathesis"),
    "phdthesis": ("thesis", "phdthesis"),
    "techreport": ("report", "techreport"),
}
"""What BibLaTeX reads a type as: the type, and the value of the field `type` that comes with it (manual, 2.1.2)."""

KNOWN_TYPES: Final = BIBTEX_TYPES | BIBLATEX_TYPES | TYPE_ALIASES.keys()
"""Every type that BibTeX's standard styles or BibLaTeX know."""

_TO_BIBTEX: Final[dict[str, str]] = {
    "bookinbook": "incollection",
    "collection": "book",
    "commentary": "book",
    "inreference": "incollection",
    "mvbook": "book",
    "mvcollection": "book",
    "mvproceedings": "proceedings",
    "mvreference": "book",
    "reference": "book",
    "report": "techreport",
    "review": "article",
    "suppbook": "incollection",
    "suppcollection": "incollection",
    "suppperiodical": "article",
    "thesis": "phdthesis",
}

THESIS_TYPES: Final = frozenset({"thesis", "phdthesis", "mastersthesis"})

TYPE_KEYS: Final[dict[str, str]] = {
    "bathesis": "Bachelor's thesis",
    "candthesis": "Candidate thesis",
    "mathesis": "Master's thesis",
    "phdthesis": "PhD thesis",
    "techreport": "Technical Report",
    "resreport": "Research Report",
    "software": "Computer software",
    "datacd": "CD-ROM",
    "audiocd": "Audio CD",
    "patent": "Patent",
    "patentde": "German patent",
    "patenteu": "European patent",
    "patentfr": "French patent",
    "patentuk": "British patent",
    "patentus": "U.S. patent",
    "patreq": "Patent request",
    "patreqde": "German patent request",
    "patreqeu": "European patent request",
    "patreqfr": "French patent request",
    "patrequk": "British patent request",
    "patrequs": "U.S. patent request",
}
"""Keys that BibLaTeX prints as words in the field `type` (manual, 4.9.2), and the words for BibTeX."""

FIELD_ALIASES: Final[dict[str, str]] = {
    "address": "location",
    "annote": "annotation",
    "archiveprefix": "eprinttype",
    "hyphenation": "langid",
    "journal": "journaltitle",
    "key": "sortkey",
    "pdf": "file",
    "primaryclass": "eprintclass",
    "school": "institution",
}
"""Field names of BibTeX and of older styles, and BibLaTeX's names for them (manual, 2.2.5)."""

BIBTEX_FIELDS: Final[dict[str, str]] = {
    "annotation": "annote",
    "eprintclass": "primaryclass",
    "eprinttype": "archiveprefix",
    "journaltitle": "journal",
    "location": "address",
    "sortkey": "key",
}
"""The fields of BibLaTeX that BibTeX and its styles have another name for; see `bibtex_field`."""

NAME_FIELDS: Final[tuple[str, ...]] = (
    "author",
    "editor",
    "translator",
    "editora",
    "editorb",
    "editorc",
    "bookauthor",
    "annotator",
    "commentator",
    "introduction",
    "foreword",
    "afterword",
    "holder",
    "namea",
    "nameb",
    "namec",
    "shortauthor",
    "shorteditor",
    "sortname",
)
"""Fields that hold lists of names (manual, 2.2.2), the most telling first."""

TITLE_FIELDS: Final = frozenset({"title", "subtitle", "shorttitle"})
"""Fields whose capitals a style may lower: the title of the work itself, not that of what contains it."""

BIBLATEX_MARKS: Final = frozenset({"date", "journaltitle", "location"})
"""Fields that only users of BibLaTeX write, and so tell in which dialect an entry is meant."""

CONTAINER_FIELDS: Final[tuple[str, ...]] = ("journaltitle", "booktitle", "maintitle", "eventtitle")
"""Fields that say in what a work appeared, the nearest first."""

DATE_FIELDS: Final = frozenset({"date", "eventdate", "origdate", "urldate", "eprintdate"})
"""Fields that hold a date in BibLaTeX's form (manual, 2.3.8); `eprintdate` is bibman's own: the day on which the
preprint appeared, kept where the work has been published since."""

REFERENCE_FIELDS: Final[tuple[str, ...]] = ("crossref", "xref", "xdata", "related", "entryset")
"""Fields that hold the citation keys of other entries, with commas between them (manual, 2.2.3)."""

VERBATIM_FIELDS: Final = _words(
    # Verbatim and URI fields (manual, 2.2.1), and what other programs call theirs.
    "adsurl biburl doi ee eprint file localfile pdf urlraw url verba verbb verbc"
    # Options, keys of all kinds and code, which are no text either (manual, 2.2.3).
    " execute hyphenation ids langid langidopts options presort relatedoptions relatedtype"
).union(REFERENCE_FIELDS)
"""Fields that are no text: never decoded, escaped or searched as words."""

PRINTED_FIELDS: Final = frozenset(NAME_FIELDS) | _words(
    "title subtitle titleaddon shorttitle booktitle booksubtitle booktitleaddon maintitle mainsubtitle maintitleaddon"
    " journal journaltitle journalsubtitle journaltitleaddon shortjournal issuetitle issuesubtitle eventtitle"
    " eventtitleaddon venue series shortseries edition volume volumes number issue part chapter pages eid type"
    " organization institution school publisher address location howpublished note addendum pubstate version nameaddon"
    " origpublisher origlocation origtitle reprinttitle year month"
)
"""Fields whose text styles print, and LaTeX therefore sets."""

WRITTEN_FIELDS: Final = _words("abstract annotation annote keywords library usera userb userc userd usere userf")
"""Fields that biber hands on to LaTeX although no standard style prints them (blx-dm.def)."""

OTHER_FIELDS: Final = _words(
    "bibsource comment comments date-added date-modified day groups interhash intrahash keyword keywords language name"
    " notes owner priority published rating read review tag tags timestamp abstract"
)
"""Fields that other programs keep in a `.bib`, and that look like a misspelling of another field."""

_VERBATIM_PREFIX: Final = "bdsk-"  # BibDesk numbers its links and files: bdsk-url-1, bdsk-file-1

FIELD_ORDER: Final[tuple[str, ...]] = (
    "author",
    "editor",
    "translator",
    "title",
    "subtitle",
    "booktitle",
    "journaltitle",
    "date",
    "year",
    "month",
    "day",
    "volume",
    "number",
    "issue",
    "series",
    "edition",
    "chapter",
    "pages",
    "eid",
    "type",
    "organization",
    "institution",
    "publisher",
    "location",
    "howpublished",
    "version",
    "note",
    "eprint",
    "eprinttype",
    "eprintclass",
    "eprintdate",
    "doi",
    "isbn",
    "issn",
    "url",
    "urldate",
    "langid",
    "keywords",
    "abstract",
    "annotation",
    "file",
)
"""The order in which the fields of a record are stored and written; all others follow by name."""

_RANK: Final = {name: rank for rank, name in enumerate(FIELD_ORDER)}

Required = tuple[tuple[str, ...], ...]
"""Fields that a type requires: of each group one."""

_AUTHOR: Final = ("author",)
_EITHER: Final = ("author", "editor")
_TITLE: Final = ("title",)
_YEAR: Final = ("year",)
_DATE: Final = ("date", "year")

REQUIRED_BIBTEX: Final[dict[str, Required]] = {
    "article": (_AUTHOR, _TITLE, ("journal",), _YEAR),
    "book": (_EITHER, _TITLE, ("publisher",), _YEAR),
    "booklet": (_TITLE,),
    "conference": (_AUTHOR, _TITLE, ("booktitle",), _YEAR),
    "inbook": (_EITHER, _TITLE, ("chapter", "pages"), ("publisher",), _YEAR),
    "incollection": (_AUTHOR, _TITLE, ("booktitle",), ("publisher",), _YEAR),
    "inproceedings": (_AUTHOR, _TITLE, ("booktitle",), _YEAR),
    "manual": (_TITLE,),
    "mastersthesis": (_AUTHOR, _TITLE, ("school",), _YEAR),
    "misc": (),
    "phdthesis": (_AUTHOR, _TITLE, ("school",), _YEAR),
    "proceedings": (_TITLE, _YEAR),
    "techreport": (_AUTHOR, _TITLE, ("institution",), _YEAR),
    "unpublished": (_AUTHOR, _TITLE, ("note",)),
}
"""What the standard styles of BibTeX require of each type (btxdoc, 3.1)."""

REQUIRED_BIBLATEX: Final[dict[str, Required]] = {
    "article": (_AUTHOR, _TITLE, ("journaltitle",), _DATE),
    "book": (_AUTHOR, _TITLE, _DATE),
    "bookinbook": (_AUTHOR, _TITLE, ("booktitle",), _DATE),
    "booklet": (_EITHER, _TITLE, _DATE),
    "collection": (("editor",), _TITLE, _DATE),
    "dataset": (_EITHER, _TITLE, _DATE),
    "inbook": (_AUTHOR, _TITLE, ("booktitle",), _DATE),
    "incollection": (_AUTHOR, _TITLE, ("editor",), ("booktitle",), _DATE),
    "inproceedings": (_AUTHOR, _TITLE, ("booktitle",), _DATE),
    "inreference": (_AUTHOR, _TITLE, ("editor",), ("booktitle",), _DATE),
    "manual": (_EITHER, _TITLE, _DATE),
    "mastersthesis": (_AUTHOR, _TITLE, ("institution",), _DATE),
    "misc": (_EITHER, _TITLE, _DATE),
    "mvbook": (_AUTHOR, _TITLE, _DATE),
    "mvcollection": (("editor",), _TITLE, _DATE),
    "mvproceedings": (_TITLE, _DATE),
    "mvreference": (("editor",), _TITLE, _DATE),
    "online": (_EITHER, _TITLE, _DATE, ("doi", "eprint", "url")),
    "patent": (_AUTHOR, _TITLE, ("number",), _DATE),
    "periodical": (("editor",), _TITLE, _DATE),
    "phdthesis": (_AUTHOR, _TITLE, ("institution",), _DATE),
    "proceedings": (_TITLE, _DATE),
    "reference": (("editor",), _TITLE, _DATE),
    "report": (_AUTHOR, _TITLE, ("type",), ("institution",), _DATE),
    "set": (("entryset",),),
    "software": (_EITHER, _TITLE, _DATE),
    "suppbook": (_AUTHOR, _TITLE, ("booktitle",), _DATE),
    "suppcollection": (_AUTHOR, _TITLE, ("editor",), ("booktitle",), _DATE),
    "techreport": (_AUTHOR, _TITLE, ("institution",), _DATE),
    "thesis": (_AUTHOR, _TITLE, ("type",), ("institution",), _DATE),
    "unpublished": (_AUTHOR, _TITLE, _DATE),
}
"""What BibLaTeX's standard styles require of each type (manual, 2.1.1 and 2.1.2), by BibLaTeX's names."""


KNOWN_FIELDS: Final = (
    PRINTED_FIELDS
    | OTHER_FIELDS
    | VERBATIM_FIELDS
    | DATE_FIELDS
    | frozenset(FIELD_ORDER)
    | FIELD_ALIASES.keys()
    | {
        name
        for table in (REQUIRED_BIBTEX, REQUIRED_BIBLATEX)
        for groups in table.values()
        for each in groups
        for name in each
    }
    | _words(
        "bookpagination pagination pagetotal indextitle indexsorttitle sorttitle sortyear sortshorthand shorthand"
        " shorthandintro label library isan ismn isrn iswc pmid pmcid mrnumber zbl usera userb userc userd usere userf"
        " lista listb listc listd liste listf editortype editoratype editorbtype editorctype gender langidopts"
        " origlanguage authortype bookeditor articleno issue_date numpages urldate"
    )
)
"""Every field that BibTeX's styles, BibLaTeX or a usual program knows, under all of its names."""


def canonical(name: str) -> str:
    """BibLaTeX's name of the field `name` (lower case), which is `name` itself where there is no other."""
    return FIELD_ALIASES.get(name, name)


def bibtex_field(name: str, type_: str) -> str:
    """BibTeX's name of the field `name` in an entry of the type `type_`, where BibTeX has one, else `name`.

    An institution is the `school` of a thesis (btxdoc, 3.2).
    """
    if name == "institution" and type_ in THESIS_TYPES:
        return "school"
    return BIBTEX_FIELDS.get(name, name)


def bibtex_type(type_: str) -> str:
    """The type of BibTeX's standard styles that prints an entry of `type_` best.

    What they have no type for is a `misc`; a type that nobody knows stays as it is.
    """
    if type_ in BIBTEX_TYPES or not is_known_type(type_):
        return type_
    return _TO_BIBTEX.get(type_, "misc")


def biblatex_type(type_: str) -> tuple[str, str]:
    """The BibLaTeX type for `type_`, and the value that the field `type` then has unless it says something else."""
    return TYPE_ALIASES.get(type_, (type_, ""))


def is_known_type(type_: str) -> bool:
    """Whether BibTeX's standard styles or BibLaTeX know `type_` (lower case)."""
    return type_ in KNOWN_TYPES


def nearest_types(word: str) -> list[str]:
    """Up to three known types that are spelt most like `word`, the nearest first; empty where none is like it."""
    return nearest(word.lower(), sorted(KNOWN_TYPES))


def is_verbatim(name: str) -> bool:
    """Whether the field `name` holds no text but an address, an identifier, a key or code."""
    return name in VERBATIM_FIELDS or name.startswith(_VERBATIM_PREFIX)


def is_name_list(name: str) -> bool:
    """Whether the field `name` holds a list of names."""
    return name in _NAME_SET


def field_rank(name: str) -> tuple[int, str]:
    """The place of the field `name` in FIELD_ORDER, to sort by; its aliases stand where it does."""
    return _RANK.get(canonical(name), len(_RANK)), name


def required(type_: str, dialect: Dialect) -> Required:
    """The fields that `dialect` requires of `type_`, as groups of which one is needed; none for an unknown type."""
    return (REQUIRED_BIBTEX if dialect == "bibtex" else REQUIRED_BIBLATEX).get(type_, ())


_NAME_SET: Final = frozenset(NAME_FIELDS)
