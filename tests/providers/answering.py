"""Answers of services about works that a test makes up, in the forms of the services."""

import json
from typing import Any
from xml.sax.saxutils import escape

ARXIV, CROSSREF, DATACITE = "export.arxiv.org", "api.crossref.org", "api.datacite.org"
OPENALEX, DBLP = "api.openalex.org", "dblp.org"


def people(*names: str) -> list[dict[str, str]]:
    """Authors as Crossref has them, from "Ada Wabe"."""
    return [dict(zip(("given", "family"), name.rsplit(" ", 1), strict=True)) for name in names]


def article(doi: str, title: str, *names: str, year: int = 2020, **more: Any) -> dict[str, Any]:
    """An article as Crossref describes it; `more` has its words with `_` for hyphens."""
    return {
        "DOI": doi,
        "type": "journal-article",
        "title": [title],
        "container-title": ["Journal of Tests"],
        "volume": "12",
        "issue": "3",
        "page": "101-119",
        "author": people(*names),
        "issued": {"date-parts": [[year]]},
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def preprint(doi: str, title: str, *names: str, year: int = 2019, **more: Any) -> dict[str, Any]:
    """A preprint as Crossref describes it."""
    return {
        "DOI": doi,
        "type": "posted-content",
        "subtype": "preprint",
        "title": [title],
        "author": people(*names),
        "posted": {"date-parts": [[year]]},
        **more,
    }


def crossref(*items: dict[str, Any]) -> bytes:
    """Crossref's answer to a look-up of one work, or to a search."""
    message: Any = items[0] if len(items) == 1 else {"items": list(items)}
    return json.dumps({"status": "ok", "message": message}).encode()


def found(*items: dict[str, Any]) -> bytes:
    """Crossref's answer to a search."""
    return json.dumps({"status": "ok", "message": {"items": list(items)}}).encode()


def feed(number: str, title: str, *names: str, year: int = 2019, doi: str = "", journal: str = "") -> bytes:
    """arXiv's answer to a look-up of one preprint."""
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in names)
    place = f'<doi xmlns="http://arxiv.org/schemas/atom">{doi}</doi>' if doi else ""
    place += f'<journal_ref xmlns="http://arxiv.org/schemas/atom">{escape(journal)}</journal_ref>' if journal else ""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        f"<id>http://arxiv.org/abs/{number}v2</id><published>{year}-01-02T00:00:00Z</published>"
        f"<title>{escape(title)}</title><summary>We look at it.</summary>{authors}{place}"
        "</entry></feed>"
    ).encode()


def datacite(number: str, title: str, *names: str, year: int = 2019, published: str = "") -> bytes:
    """DataCite's answer to a look-up of a preprint on arXiv."""
    related = [{"relationType": "IsVersionOf", "relatedIdentifier": published, "relatedIdentifierType": "DOI"}]
    attributes = {
        "doi": f"10.48550/arxiv.{number}",
        "titles": [{"title": title}],
        "creators": [{"name": name} for name in names],
        "publicationYear": year,
        "types": {"resourceTypeGeneral": "Preprint"},
        "relatedIdentifiers": related if published else [],
    }
    return json.dumps({"data": {"attributes": attributes}}).encode()


def dblp(title: str, *names: str, year: int = 2020, venue: str = "HIVE", **more: str) -> bytes:
    """DBLP's answer to a search: one paper at a conference."""
    info = {
        "title": f"{title}.",
        "authors": {"author": [{"text": name} for name in names]},
        "venue": venue,
        "year": str(year),
        "type": "Conference and Workshop Papers",
        **more,
    }
    return json.dumps({"result": {"hits": {"hit": [{"info": info}]}}}).encode()
