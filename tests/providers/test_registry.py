"""Who is asked for what, in which order, and what is imported for it."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bibman.errors import OutsideError
from bibman.model.identifiers import Identifier
from bibman.providers.http import Client
from bibman.providers.registry import PROVIDERS, lookup_each, owners, search_at, searchers
from bibman.providers.service import Answer, Ask, Kind, RelationKind, Request, Work
from tests.providers.server import Playing

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
ARXIV = Identifier("arxiv", "1706.03762")
DOI = Identifier("doi", "10.1016/j.test.2019.01.001")
ZENODO = Identifier("doi", "10.5281/zenodo.1234567")
COLD = """
import json, sys
from pathlib import Path
from typing import TypeVar
from bibman.model.identifiers import Identifier
from bibman.providers.http import Client
from bibman.providers.registry import lookup_each
before = set(sys.modules)
folder, address, scheme, value = sys.argv[1:]
with Client(Path(folder), origins={"api.crossref.org": address}) as client:
    (found,) = lookup_each(client, [Identifier(scheme, value)]).values()
print(json.dumps([sorted(before), sorted(sys.modules), bool(found[-1].works)]))
"""


def lookup(ask: Ask, identifier: Identifier) -> list[Answer]:
    return lookup_each(ask, [identifier])[identifier]


def search(ask: Ask, kind: Kind, text: str) -> list[Answer]:
    return [search_at(ask, name, kind, text) for name in searchers(kind)]


def asked(answers: list[Answer]) -> list[str]:
    return [each.provider for each in answers]


def works(answers: list[Answer]) -> tuple[Work, ...]:
    assert not any(each.works for each in answers[:-1])
    return answers[-1].works


def test_a_provider_is_a_module_that_says_what_the_registry_says() -> None:
    services = {name: each.load().SERVICE for name, each in PROVIDERS.items()}
    assert {name: service.name for name, service in services.items()} == {name: name for name in PROVIDERS}
    assert len({service.host for service in services.values()}) == len(PROVIDERS)
    assert all(service.pace > 0 for service in services.values())


@pytest.mark.parametrize("scheme", ["arxiv", "doi", "pmid", "pmcid", "isbn"])
def test_who_is_asked_for_an_identifier_can_look_it_up(scheme: str) -> None:
    named = owners(Identifier(scheme, "x"))
    assert set(named) == {name for name, each in PROVIDERS.items() if scheme in each.schemes}
    assert len(named) == len(set(named))


def test_the_agency_that_owns_an_identifier_is_asked_first() -> None:
    assert owners(ARXIV)[0] == "arXiv"
    assert owners(DOI)[:3] == ("Crossref", "DataCite", "doi.org")
    assert owners(ZENODO) == ("DataCite", "doi.org", "OpenAlex", "Semantic Scholar")
    assert owners(Identifier("issn", "1234-5679")) == ()
    assert searchers("reference") == ("Crossref",)
    assert searchers("abstract") == ("arXiv", "OpenAlex")


def test_whoever_knows_ends_the_search(asks: Callable[..., Client], server: Playing) -> None:
    answers = lookup(asks(), DOI)
    assert asked(answers) == ["Crossref"]
    (work,) = works(answers)
    assert DOI in work.identifiers
    assert [each.kind for each in work.relations][:1] == [RelationKind.RETRACTED]
    assert len(server.seen) == 1


def test_the_next_is_asked_where_the_first_fails_or_does_not_know(asks: Callable[..., Client], server: Playing) -> None:
    server.failure, server.remaining = "403", 1
    answers = lookup(asks(), ARXIV)
    assert asked(answers) == ["arXiv", "DataCite"]
    assert isinstance(answers[0].problem, OutsideError)
    assert works(answers)[0].record.texts["eprint"] == "1706.03762"
    assert asked(lookup(asks(), Identifier("doi", "10.2777/x"))) == ["Crossref", "DataCite", "doi.org"]


def test_what_nobody_knows_has_an_answer_of_each(asks: Callable[..., Client]) -> None:
    unknown = Identifier("doi", "10.1000/unknown")
    answers = lookup(asks(), unknown)
    assert asked(answers) == list(owners(unknown))
    assert all(each.works == () and each.problem is None for each in answers)
    assert lookup(asks(), Identifier("issn", "1234-5679")) == []


@pytest.mark.parametrize("isbn", ["9780521833783", "9780511804441"])
def test_chapters_are_not_taken_for_their_book(asks: Callable[..., Client], isbn: str) -> None:
    answers = lookup(asks(), Identifier("isbn", isbn))
    assert asked(answers) == ["Open Library", "Crossref"]
    assert [each.record.texts["title"] for each in works(answers)] == ["Convex Optimization"]


def test_many_are_looked_up_at_once_each_as_if_alone(asks: Callable[..., Client]) -> None:
    many = [ARXIV, DOI, ZENODO, Identifier("pmid", "31452104"), Identifier("doi", "10.1000/unknown"), ARXIV]
    told: list[tuple[int, int]] = []
    found = lookup_each(asks(), many, lambda done, total: told.append((done, total)))
    assert list(found) == many[:-1]
    assert told == sorted(set(told))
    assert told[-1] == (5, 5)
    assert found == {each: lookup(asks("another folder"), each) for each in many}


def test_a_service_that_takes_many_at_once_is_asked_once(asks: Callable[..., Client], server: Playing) -> None:
    many = [ARXIV, Identifier("arxiv", "hep-th/9901001"), Identifier("arxiv", "2401.99999")]
    found = lookup_each(asks(), many)
    assert [bool(found[each][0].works) for each in many] == [True, True, False]
    assert [each.target for each in server.seen if each.host == "export.arxiv.org"] == [
        "/api/query?id_list=1706.03762%2Chep-th%2F9901001%2C2401.99999&max_results=3"
    ]
    assert asked(found[many[2]]) == list(owners(many[2]))


def test_one_that_a_service_stumbles_over_does_not_hide_the_others(
    asks: Callable[..., Client], server: Playing
) -> None:
    many = [ARXIV, Identifier("arxiv", "hep-th/9901001")]
    server.failure, server.remaining = "400", 1
    found = lookup_each(asks(), many)
    assert all(asked(found[each]) == ["arXiv"] and works(found[each]) for each in many)
    assert len(server.seen) == 3


def test_hosts_are_asked_side_by_side() -> None:
    many = [ARXIV, DOI, ZENODO, Identifier("pmid", "31452104"), Identifier("isbn", "9780521833783")]
    absent = {PROVIDERS[owners(each)[0]].load().SERVICE.host for each in many}
    meeting = threading.Barrier(len(absent), timeout=20)

    def ask(request: Request, read: Callable[[bytes], T]) -> T | None:
        assert callable(read)
        if request.service.host in absent:
            absent.remove(request.service.host)
            meeting.wait()
        return None

    found = lookup_each(ask, many)
    assert meeting.parties == len(many)
    assert not absent
    assert {each: asked(found[each]) for each in many} == {each: list(owners(each)) for each in many}
    assert all(answer.problem is None for answers in found.values() for answer in answers)


def test_whoever_can_search_has_an_answer(asks: Callable[..., Client], server: Playing) -> None:
    answers = search(asks(), "title", "Attention is all you need")
    assert [each.provider for each in answers if each.works] == [
        name for name in searchers("title") if name != "DataCite"
    ]
    abstract = "The dominant sequence transduction models are based on complex recurrent or convolutional networks"
    assert [bool(each.works) for each in search(asks(), "abstract", abstract)] == [True, True]
    assert {each.host for each in server.seen} >= {"export.arxiv.org", "api.openalex.org"}


@pytest.mark.parametrize("text", ["", "   ", "<br/>", "…", "$$$"])
def test_nobody_is_asked_for_nothing(asks: Callable[..., Client], server: Playing, text: str) -> None:
    for kind in ("title", "reference", "abstract"):
        assert all(each.works == () and each.problem is None for each in search(asks(), kind, text))
    assert server.seen == []


def test_signs_in_a_text_mean_nothing_to_a_service(asks: Callable[..., Client], server: Playing) -> None:
    search(asks(), "title", 'a" OR all:b&key=c#d [ti] + (e) %0a {f}')
    assert len({each.host for each in server.seen}) == len(searchers("title"))
    assert not any("OR%20" in each.target for each in server.seen)
    assert not any(sign in each.target for each in server.seen for sign in ("#", "%0A", "%7B", "key%3D", "&key=c"))


def test_only_who_is_asked_is_imported(tmp_path: Path, server: Playing) -> None:
    def imported(*identifier: str) -> tuple[set[str], set[str], bool]:
        arguments = [str(tmp_path), f"{server.address}/api.crossref.org", *identifier]
        done = subprocess.run(
            [sys.executable, "-c", COLD, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        before, after, found = json.loads(done.stdout)
        return set(before), set(after), found

    modules = {f"bibman.providers.{each.module}" for each in PROVIDERS.values()}
    network = {"httpx2", "httpcore2", "stamina", "ssl", "bibman.providers.fetch"}
    before, after, found = imported(*DOI)
    assert found
    assert before & (modules | network) == set()
    assert after & modules == {"bibman.providers.crossref"}
    assert after >= network
    # What is remembered needs no network at all.
    _, after, found = imported(*DOI)
    assert found
    assert after & network == set()
    assert after & modules == {"bibman.providers.crossref"}
