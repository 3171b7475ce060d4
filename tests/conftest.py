"""What holds for every test: the reader's own library is out of reach, and a skipped test may count as failed."""

import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: no law is about time. What chance finds is for whoever runs the tests by hand; a check
# that stands between a change and everybody else tries the same cases each time.
settings.register_profile(
    "bibman",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bibman")


@pytest.fixture(autouse=True, scope="session")
def a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps the tests, and the programs that they run, away from the library and settings of whoever runs them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LIBRARY", "ONLINE", "OPENALEX_KEY", "PUBMED_KEY", "SEMANTIC_SCHOLAR_KEY"):
            patch.delenv(f"BIBMAN_{name}", raising=False)
        # A test that asks services plays them itself, and says so.
        patch.setenv("BIBMAN_OFFLINE", "1")
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        yield


REQUIRED = {"latex": "BIBMAN_REQUIRE_LATEX", "shell": "BIBMAN_REQUIRE_SHELLS"}
"""Mark of tests that need other programs → the variable that asks for those tests, as CI does."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails tests that were skipped, since a program is not installed, where their variable is 1."""
    report = yield
    for mark, variable in REQUIRED.items():
        if report.skipped and item.get_closest_marker(mark) and os.environ.get(variable) == "1":
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, and {variable}=1 asks for it"
    return report
