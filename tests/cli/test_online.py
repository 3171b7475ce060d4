"""Who is asked for a user, by what the settings, the environment and the call say."""

import pytest

from bibman.cli.session import Session
from bibman.errors import OfflineError
from bibman.services.online import client
from tests.cli.calling import Bibman
from tests.providers.server import Playing
from tests.providers.test_faults import ASKED, looked_up


def test_the_settings_say_who_asks(fresh: Bibman, played: Playing, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh("config", "set", "mail", "ada@example.org")
    fresh("config", "set", "openalex-key", "of-the-file")
    monkeypatch.setenv("BIBMAN_SEMANTIC_SCHOLAR_KEY", "of-the-environment")
    with client() as asking:
        for provider in ("OpenAlex", "Semantic Scholar"):
            assert looked_up(asking, provider, ASKED[provider]).works
    openalex, scholar = played.seen
    assert "(mailto:ada@example.org)" in openalex.headers["user-agent"]
    assert "api_key=of-the-file" in openalex.target
    assert scholar.headers["x-api-key"] == "of-the-environment"
    assert (fresh.home / "cache" / "bibman" / "online" / "answers.sqlite").exists()


@pytest.mark.parametrize("how", ["the option", "the setting", "the environment"])
def test_offline_is_said_in_three_ways(
    fresh: Bibman, played: Playing, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "the setting":
        fresh("config", "set", "offline", "true")
    elif how == "the environment":
        monkeypatch.setenv("BIBMAN_OFFLINE", "1")
    with Session(None, offline=how == "the option").asking() as asking:
        answer = looked_up(asking, "Crossref", ASKED["Crossref"])
    assert isinstance(answer.problem, OfflineError)
    assert played.seen == []
    assert fresh("--offline", "library", "path").code == 0
