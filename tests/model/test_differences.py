"""What differs between two states of an entry."""

from hypothesis import given
from hypothesis import strategies as st

from bibman.model.differences import Difference, differences
from bibman.model.entry import Entry, Field

FIELDS = st.builds(
    Field, st.sampled_from(["title", "note", "year"]), st.sampled_from(["a", "b"]), st.sampled_from([None, "m"])
)
ENTRIES = st.builds(
    Entry, st.sampled_from(["k", "l"]), st.sampled_from(["misc", "book"]), st.lists(FIELDS, max_size=4).map(tuple),
    st.booleans(),
)  # fmt: skip


def entry(*fields: Field) -> Entry:
    return Entry("k", "misc", fields)


def test_a_field_is_told_as_it_is_written() -> None:
    before = entry(Field("month", "January", "jan"), Field("note", "a"), Field("note", "b"))
    after = entry(Field("month", "February", "feb"), Field("note", "a"))
    assert differences(before, after) == [
        Difference("field", "month", "jan", "feb"),
        Difference("field", "note", "a; b", "a"),
    ]


def test_a_macro_that_means_something_else_is_told_by_its_meaning() -> None:
    assert differences(entry(Field("journal", "A", "j")), entry(Field("journal", "B", "j"))) == [
        Difference("field", "journal", "A", "B")
    ]


def test_an_entry_that_comes_or_goes_is_told_whole() -> None:
    new = Entry("k", "misc", (Field("title", "T"),), identified=False)
    assert differences(None, new) == [
        Difference("key", None, None, "k"),
        Difference("type", None, None, "misc"),
        Difference("field", "title", None, "T"),
    ]
    assert differences(new, None) == [each._replace(before=each.after, after=None) for each in differences(None, new)]


@given(ENTRIES, ENTRIES)
def test_nothing_is_told_exactly_where_nothing_differs(one: Entry, other: Entry) -> None:
    def said(each: Entry) -> tuple[object, ...]:
        names = {field.name for field in each.fields}
        by_name = {name: [field for field in each.fields if field.name == name] for name in names}
        return each.key, each.type, each.identified, by_name

    assert (differences(one, other) == []) is (said(one) == said(other))
    assert set(differences(other, one)) == {
        each._replace(before=each.after, after=each.before) for each in differences(one, other)
    }
