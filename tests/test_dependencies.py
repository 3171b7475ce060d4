"""The libraries that bibman imports, declares and pins are the same ones."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.declared import BUILD, CHECKOUT, DEVELOPMENT, PINS, RUNTIME, is_for_here, needed_with


def imported_modules(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_every_library_that_the_program_imports_is_declared() -> None:
    files = [*CHECKOUT.glob("bibman/**/*.py"), *CHECKOUT.glob("alembic/**/*.py")]
    foreign = {module for file in files for module in imported_modules(file)} - sys.stdlib_module_names - {"bibman"}
    providers = packages_distributions()
    declared = {canonicalize_name(requirement.name) for requirement in RUNTIME}
    assert {canonicalize_name(providers[module][0]) for module in foreign} == declared


def test_every_distribution_that_demo_test_and_checks_need_is_pinned_and_no_other() -> None:
    elsewhere = {canonicalize_name(each.name) for each in DEVELOPMENT if not is_for_here(each)}
    assert needed_with(RUNTIME + DEVELOPMENT + BUILD) | elsewhere == PINS.keys()


@pytest.mark.parametrize("requirement", RUNTIME + DEVELOPMENT + BUILD, ids=str)
def test_the_pin_is_within_the_declared_bounds_and_there_is_an_upper_one(requirement: Requirement) -> None:
    (pin,) = PINS[canonicalize_name(requirement.name)].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)
    assert any(bound.operator == "<" for bound in requirement.specifier)
