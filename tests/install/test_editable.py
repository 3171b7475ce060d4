from pathlib import Path

import pytest

from tests.declared import BUILD
from tests.install.acceptance import take_the_seed_list_all_the_way, where_bibman_is
from tests.install.environment import Environment

pytestmark = pytest.mark.install


def test_an_editable_install_of_a_folder_with_blanks_takes_the_seed_list_all_the_way(
    unpacked: Path, environment: Environment
) -> None:
    environment.link(BUILD)
    environment.install("--editable", unpacked)
    assert where_bibman_is(environment) == unpacked / "bibman"
    take_the_seed_list_all_the_way(environment)
