"""Dates: EDTF as BibLaTeX reads it, BibTeX's years and months, and back to EDTF."""

import calendar
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.dates import (
    MONTH_MACROS,
    MONTH_VALUES,
    OPEN,
    Date,
    from_fields,
    month_number,
    parse_date,
    sort_key,
    to_iso,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1850", Date(1850)),
        ("1967-02", Date(1967, 2)),
        ("2009-01-31", Date(2009, 1, 31)),
        ("2000-02-29", Date(2000, 2, 29)),
        ("-0876", Date(-876)),
        ("-0343-02", Date(-343, 2)),
        ("0000", Date(0)),
        ("Y170000002", Date(170000002)),
        ("Y-17000", Date(-17000)),
        ("2004-22", Date(2004, division=22)),
        ("2004-33", Date(2004, division=33)),
        ("2004-04-05T14:34:00", Date(2004, 4, 5, time="14:34:00")),
        ("2004-04-05T14:34:00+01:00", Date(2004, 4, 5, time="14:34:00+01:00")),
        ("2004-04-05T14:34:00.003Z", Date(2004, 4, 5, time="14:34:00.003Z")),
        ("1723?", Date(1723, uncertain=True)),
        ("1723~", Date(1723, approximate=True)),
        ("1723-05%", Date(1723, 5, uncertain=True, approximate=True)),
        ("1723?~", Date(1723, uncertain=True, approximate=True)),
        ("199X", Date(1990, unspecified="yearindecade")),
        ("19XX", Date(1900, unspecified="yearincentury")),
        ("1999-XX", Date(1999, unspecified="monthinyear")),
        ("1999-01-XX", Date(1999, 1, unspecified="dayinmonth")),
        ("1999-XX-XX", Date(1999, unspecified="dayinyear")),
        ("1988/1992", Date(1988, end=Date(1992))),
        ("1995-03-30/1995-04-05", Date(1995, 3, 30, end=Date(1995, 4, 5))),
        ("1997/", Date(1997, end=OPEN)),
        ("1997/..", Date(1997, end=OPEN)),
        ("/1997", Date(end=Date(1997))),
        ("../1997~", Date(end=Date(1997, approximate=True))),
    ],
)
def test_edtf_is_read_as_the_manual_of_biblatex_has_it(text: str, expected: Date) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" {1999} ", Date(1999)),
        ("[1999?]", Date(1999, uncertain=True)),
        ("98", Date(98)),
        ("c. 1999", Date(1999, approximate=True)),
        ("ca.~1850", Date(1850, approximate=True)),
        ("Circa 1850--1855", Date(1850, approximate=True, end=Date(1855))),
        ("$\\sim$1850", Date(1850, approximate=True)),
        ("c1999", Date(1999)),
        ("44 BC", Date(-43)),
        ("c. 300 B.C.", Date(-299, approximate=True)),
        ("79 CE", Date(79)),
        ("1999--2000", Date(1999, end=Date(2000))),
        ("1999–2000", Date(1999, end=Date(2000))),
        ("1998/99", Date(1998, end=Date(1999))),
        ("1999/00", Date(1999, end=Date(2000))),
        ("1999-98", Date(1999)),
        ("1990s", Date(1990, unspecified="yearindecade")),
        ("May 2019", Date(2019, 5)),
        ("5~May 2019", Date(2019, 5, 5)),
        ("Sept. 3, 1999", Date(1999, 9, 3)),
        ("Spring 2004", Date(2004, division=21)),
        ("1999a", Date(1999)),
        ("2020 (to appear)", Date(2020)),
        ("2019-02-30", Date(2019)),
        ("2019-13-01", Date(2019)),
        ("2004-22-01", Date(2004)),
        ("Y17000-05", None),
        ("in press", None),
        ("n.d.", None),
        ("", None),
        ("..", None),
        ("/", None),
        ("../..", None),
        ("12345678", None),
        ("9" * 10_000, None),
    ],
)
def test_the_loose_years_of_bibtex_are_read_too(text: str, expected: Date | None) -> None:
    assert parse_date(text) == expected


def test_a_month_of_the_year_wins_over_a_range_of_short_years() -> None:
    assert parse_date("2010-11") == Date(2010, 11)
    assert parse_date("2011/12") == Date(2011, end=Date(2012))


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("jan", Date(2019, 1)),
        ("January", Date(2019, 1)),
        ("{Jan.}", Date(2019, 1)),
        ("SEPT", Date(2019, 9)),
        ("1", Date(2019, 1)),
        ("08", Date(2019, 8)),
        ("1~January", Date(2019, 1, 1)),
        ("January~1", Date(2019, 1, 1)),
        ("10\\,May", Date(2019, 5, 10)),
        ("July/August", Date(2019, 7, end=Date(2019, 8))),
        ("May--June", Date(2019, 5, end=Date(2019, 6))),
        ("8/9", Date(2019, 8, end=Date(2019, 9))),
        ("12--16 July", Date(2019, 7, 12, end=Date(2019, 7, 16))),
        ("July 12--16", Date(2019, 7, 12, end=Date(2019, 7, 16))),
        ("July 30 to August 3", Date(2019, 7, 30, end=Date(2019, 8, 3))),
        ("Dec/Jan", Date(2019, 12)),
        ("February 30", Date(2019, 2)),
        ("June 29--31", Date(2019, 6, 29)),
        ("Autumn", Date(2019, division=23)),
        ("13", Date(2019)),
        ("Marvellous", Date(2019)),
        ("forthcoming", Date(2019)),
        ("", Date(2019)),
    ],
)
def test_a_month_field_is_read_in_any_shape(month: str, expected: Date) -> None:
    assert from_fields({"year": "2019", "month": month}) == expected


def test_the_fields_of_an_entry_give_its_date() -> None:
    assert from_fields({}) is None
    assert from_fields({"month": "jan"}) is None
    assert from_fields({"year": "in press", "month": "jan"}) is None
    assert from_fields({"date": "2020-05", "year": "2019", "month": "jan"}) == Date(2020, 5)
    assert from_fields({"date": "unknown", "year": "2019", "month": "jan"}) == Date(2019, 1)
    assert from_fields({"year": "2019", "month": "feb", "day": "28"}) == Date(2019, 2, 28)
    assert from_fields({"year": "2019", "month": "feb", "day": "29"}) == Date(2019, 2)
    assert from_fields({"year": "2019", "day": "5"}) == Date(2019)
    assert from_fields({"year": "1999/2000", "month": "feb"}) == Date(1999, end=Date(2000))
    assert from_fields({"year": "c. 1999", "month": "feb"}) == Date(1999, 2, approximate=True)


def test_every_macro_and_month_name_and_number_names_its_month() -> None:
    assert tuple(name.lower() for name in calendar.month_abbr[1:]) == MONTH_MACROS
    assert list(MONTH_VALUES.values()) == list(calendar.month_name[1:])
    for number, (macro, value) in enumerate(MONTH_VALUES.items(), start=1):
        assert [month_number(text) for text in (macro, value, str(number), f"{number:02d}")] == [number] * 4
    assert month_number("Spring") is month_number("") is month_number("0") is None


@st.composite
def bounds(draw: st.DrawFn) -> Date:
    """Any date without an end that has a year."""
    year, month, day = draw(st.integers(-9999, 9999)), draw(st.integers(1, 12)), draw(st.integers(1, 28))
    kinds = [
        Date(draw(st.integers(-(10**14), 10**14))),
        Date(year),
        Date(year, month),
        Date(year, month, day, time=draw(st.sampled_from(["", "00:00:00", "23:59:59Z", "10:10:10+05:00"]))),
        Date(year, division=draw(st.integers(21, 41))),
        Date(abs(year) // 10 * 10, unspecified="yearindecade"),
        Date(abs(year) // 100 * 100, unspecified="yearincentury"),
        Date(year, unspecified="monthinyear"),
        Date(year, month, unspecified="dayinmonth"),
        Date(year, unspecified="dayinyear"),
    ]
    date = draw(st.sampled_from(kinds))
    return replace(date, uncertain=draw(st.booleans()), approximate=draw(st.booleans()))


RANGES = (
    st.tuples(bounds() | st.just(OPEN), bounds() | st.just(OPEN))
    .filter(lambda pair: pair != (OPEN, OPEN))
    .map(lambda pair: replace(pair[0], end=pair[1]))
)


@given(bounds() | RANGES)
def test_every_date_is_written_so_that_it_reads_the_same(date: Date) -> None:
    assert parse_date(to_iso(date)) == date


@given(st.text(st.sampled_from("0129-/.XY?~%TZ: c{}"), max_size=24) | st.text(max_size=12))
def test_any_text_is_read_without_an_error_and_what_was_read_stays(text: str) -> None:
    date = parse_date(text)
    assert date is None or parse_date(to_iso(date)) == date


def test_dates_sort_by_time_and_none_comes_last() -> None:
    ordered = [
        Date(-43),
        Date(1999),
        Date(1999, 1),
        Date(1999, 1, 2),
        Date(1999, 1, 2, time="10:00:00"),
        Date(1999, 3),
        Date(1999, division=34, end=Date(2003)),
        Date(1999, division=22),
        Date(1999, 12),
        Date(end=Date(2001)),
        Date(2002, end=OPEN),
        None,
    ]
    shuffled = ordered[::2] + ordered[1::2]
    assert sorted(shuffled, key=sort_key) == ordered
