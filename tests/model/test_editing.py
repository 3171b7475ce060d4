"""Setting fields by hand, and the values that are refused."""

import pytest

from bibman.errors import InvalidValueError
from bibman.model.editing import with_field
from bibman.model.entry import Entry, Field
from bibman.model.values import checked_field


def edited(old: dict[str, str], name: str, value: str) -> dict[str, str]:
    entry = Entry("k", "article", tuple(Field(*each) for each in old.items()))
    return {field.name: field.value for field in with_field(entry, Field(name, value)).fields}


@pytest.mark.parametrize(
    ("old", "name", "value", "new"),
    [
        ({"title": "A"}, "title", "B", {"title": "B"}),
        ({"title": "A"}, "year", "2020", {"title": "A", "year": "2020"}),
        ({"date": "2022-09-24"}, "year", "2024", {"date": "2024-09-24"}),
        ({"date": "2022-09-24"}, "month", "February", {"date": "2022-02"}),
        ({"date": "2022-09"}, "day", "4", {"date": "2022-09-04"}),
        ({"year": "2020", "month": "May", "title": "A"}, "date", "2024", {"title": "A", "date": "2024"}),
        ({"journaltitle": "X", "title": "A"}, "journal", "Y", {"journal": "Y", "title": "A"}),
        ({"journal": "X", "journaltitle": "Z"}, "journal", "Y", {"journal": "Y"}),
    ],
)
def test_what_says_the_same_gives_way(old: dict[str, str], name: str, value: str, new: dict[str, str]) -> None:
    assert edited(old, name, value) == new


@pytest.mark.parametrize(
    ("date", "name", "value"), [("2022/2023", "year", "2024"), ("2022", "day", "4"), ("2022", "year", "soon")]
)
def test_a_part_that_does_not_fit_the_date_is_refused(date: str, name: str, value: str) -> None:
    with pytest.raises(InvalidValueError, match="date"):
        edited({"date": date}, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "a $b"),
        ("title", "back\\"),
        ("title", "A & B"),
        ("title", "{open"),
        ("month", "13"),
        ("month", "foo"),
        ("date", "2020-13-45"),
        ("date", "2020-3"),
    ],
)
def test_a_value_that_latex_or_bibtex_could_not_use_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidValueError):
        checked_field(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "$a_b$ costs \\$5"),
        ("title", "a line \\\\ b"),
        ("date", "2020-03/2021"),
        ("month", "Spring"),
        ("url", "a_b%20c"),
    ],
)
def test_a_value_that_can_be_used_is_kept(name: str, value: str) -> None:
    assert checked_field(name, value) == Field(name, value)


def test_the_macro_of_a_month_is_kept_as_one() -> None:
    assert checked_field("month", "feb") == Field("month", "February", "feb")
