"""Every provider meets every failure: a problem or nothing comes of it, never a wrong work, an error or a hang."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bibman.errors import OutsideError
from bibman.model.identifiers import Identifier
from bibman.providers.http import Client
from bibman.providers.registry import PROVIDERS, lookup_at, search_at
from bibman.providers.service import Answer
from tests.providers.conftest import HASTE
from tests.providers.server import EMPTY, FAILURES, NOTHING, PROBLEM, SLOW, WORKS, Playing

ASKED = {
    "arXiv": Identifier("arxiv", "1706.03762"),
    "Crossref": Identifier("doi", "10.1016/j.test.2019.01.001"),
    "DataCite": Identifier("doi", "10.5281/zenodo.1234567"),
    "doi.org": Identifier("doi", "10.2777/x"),
    "OpenAlex": Identifier("doi", "10.7717/peerj.4375"),
    "Semantic Scholar": Identifier("arxiv", "1706.03762"),
    "PubMed": Identifier("pmid", "31452104"),
    "Open Library": Identifier("isbn", "9780201134483"),
}


def looked_up(client: Client, provider: str, identifier: Identifier) -> Answer:
    """What a provider says of one identifier."""
    (answer,) = lookup_at(client, provider, [identifier])
    return answer


def asked(client: Client, provider: str) -> Answer:
    """What a provider answers to the question that the server has an answer for."""
    if provider in ASKED:
        return looked_up(client, provider, ASKED[provider])
    return search_at(client, provider, "title", "Attention is all you need")


def came_of(answer: Answer) -> str:
    if answer.problem is not None:
        assert answer.works == ()
        return PROBLEM
    return WORKS if answer.works else NOTHING


def test_every_provider_is_asked_something() -> None:
    assert PROVIDERS.keys() - ASKED == {"DBLP"}
    assert len(EMPTY) == len(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_service_that_works_is_understood(asks: Callable[..., Client], provider: str) -> None:
    answer = asked(asks(), provider)
    assert came_of(answer) == WORKS
    assert all(work.record.texts["title"] for work in answer.works)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_service_that_fails_costs_a_warning(
    asks: Callable[..., Client], server: Playing, provider: str, failure: str
) -> None:
    right = asked(asks(), provider) if FAILURES[failure] == WORKS else None
    server.failure = failure
    patience = replace(HASTE, read=0.2, whole=0.3) if failure in SLOW else HASTE
    client = asks("another folder", patience=patience)
    answer = asked(client, provider)
    assert came_of(answer) == FAILURES[failure], answer
    if answer.works:
        assert answer == right
    if answer.problem is not None:
        said = str(answer.problem)
        assert PROVIDERS[provider].name in said
        assert "\n" not in said


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_without_works_is_none(asks: Callable[..., Client], server: Playing, provider: str) -> None:
    server.failure = "empty feed"
    assert came_of(asked(asks(), provider)) == (PROBLEM if provider == "doi.org" else NOTHING)


@pytest.mark.parametrize("provider", ASKED)
def test_an_answer_about_another_work_is_none(
    asks: Callable[..., Client], provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asks()
    right = asked(client, provider)
    module = PROVIDERS[provider].load()
    monkeypatch.setattr(module, "lookup", lambda *_: right.works)
    other = Identifier(ASKED[provider].scheme, "10.1000/another")
    answer = looked_up(client, provider, other)
    assert came_of(answer) == PROBLEM
    assert "another work" in str(answer.problem)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_machine_that_is_not_there_costs_a_warning(asks: Callable[..., Client], provider: str) -> None:
    host = PROVIDERS[provider].load().SERVICE.host
    answer = asked(asks(origins={host: "http://127.0.0.1:1"}), provider)
    assert isinstance(answer.problem, OutsideError)
    assert "cannot be reached" in str(answer.problem)
