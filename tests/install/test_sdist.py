from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.declared import BUILD
from tests.install.acceptance import take_the_seed_list_all_the_way, where_bibman_is
from tests.install.environment import Environment

pytestmark = pytest.mark.install


def test_an_sdist_has_what_the_two_commands_and_the_checks_need(unpacked: Path) -> None:
    build = ["Makefile", "pyproject.toml", "constraints.txt", "alembic.ini", "alembic/env.py", "README.md", "LICENSE"]
    data = ["examples/demo.sh", "examples/paper.tex", "seeds/arxiv-papers.txt", "seeds/catalogue.jsonl"]
    tests = ["tests/conftest.py", "tests/install/test_sdist.py", "docs/install.md"]
    assert [name for name in build + data + tests if not (unpacked / name).exists()] == []


def test_the_wheel_of_an_sdist_has_the_same_files(wheel: Path, wheel_of_sdist: Path) -> None:
    assert sorted(ZipFile(wheel_of_sdist).namelist()) == sorted(ZipFile(wheel).namelist())


def test_an_installed_sdist_takes_the_seed_list_all_the_way(sdist: Path, environment: Environment) -> None:
    environment.link(BUILD)
    environment.install(sdist)
    assert where_bibman_is(environment).is_relative_to(environment.prefix)
    take_the_seed_list_all_the_way(environment)
