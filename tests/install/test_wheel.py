from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.declared import CHECKOUT
from tests.install.acceptance import take_the_seed_list_all_the_way, where_bibman_is
from tests.install.environment import Environment

pytestmark = pytest.mark.install


def test_a_wheel_has_the_migrations_and_the_seeds_inside_the_package(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    migrations = {path.name for path in (CHECKOUT / "alembic" / "versions").glob("*.py")}
    assert migrations
    assert names >= {f"bibman/_alembic/versions/{name}" for name in migrations}
    assert names >= {"bibman/_alembic/env.py", "bibman/_seeds/arxiv-papers.txt", "bibman/_seeds/catalogue.jsonl"}


def test_a_wheel_has_nothing_but_the_package(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"bibman"}
    assert not [name for name in names if "test" in name or "__pycache__" in name]


def test_an_installed_wheel_takes_the_seed_list_all_the_way(wheel: Path, environment: Environment) -> None:
    environment.install(wheel)
    assert where_bibman_is(environment).is_relative_to(environment.prefix)
    take_the_seed_list_all_the_way(environment)


def test_python_m_bibman_is_the_same_command(wheel: Path, environment: Environment) -> None:
    environment.install(wheel)
    command = environment.run("bibman", "list", "--colour-of-cover")
    module = environment.run("python", "-m", "bibman", "list", "--colour-of-cover")
    assert (module.returncode, module.stderr) == (command.returncode, command.stderr)
    assert command.returncode == 2
