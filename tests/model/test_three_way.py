"""Changes of two sides, taken together."""

from hypothesis import given
from hypothesis import strategies as st

from bibman.model.entry import Entry, Field
from bibman.model.three_way import TYPE, Conflict, filled, merge, says_the_same, with_theirs


def entry(kind: str = "article", **fields: str) -> Entry:
    return Entry("key", kind, tuple(Field(name, value) for name, value in fields.items()))


names = st.sampled_from(["title", "year", "note", "author"])
made_fields = st.builds(Field, names, st.sampled_from(["a", "b", "c"]), st.sampled_from([None, "jan"]))
entries = st.builds(
    Entry, st.just("key"), st.sampled_from(["article", "book"]), st.lists(made_fields, max_size=5).map(tuple)
)


def test_what_only_the_other_side_changed_is_taken() -> None:
    base = entry(title="A", year="2000", note="n")
    theirs = entry(title="A", year="2001", doi="10.1/x")
    merged = merge(base, theirs, entry(title="Ours", year="2000", note="n"))
    assert merged.entry == entry(title="Ours", year="2001", doi="10.1/x")
    assert (merged.changed, merged.conflicts) == (("year", "note", "doi"), ())


def test_what_both_sides_changed_alike_is_no_conflict() -> None:
    merged = merge(entry(title="A"), entry(title="B"), entry(title="B"))
    assert (merged.entry, merged.changed, merged.conflicts) == (entry(title="B"), (), ())


def test_what_both_sides_changed_otherwise_is_a_conflict_with_both_texts() -> None:
    base, theirs, ours = entry(title="A", note="n"), entry("book", title="B"), entry("misc", title="C", note="m")
    merged = merge(base, theirs, ours)
    assert merged.entry == ours
    assert merged.conflicts == (
        Conflict(TYPE, "book", "misc"),
        Conflict("title", "B", "C"),
        Conflict("note", "", "m"),
    )
    assert with_theirs(merged, theirs) == entry("book", title="B")


def test_what_is_taken_stands_where_it_stood_and_repeated_fields_stay_apart() -> None:
    def fields(*each: str) -> Entry:
        return Entry("key", "article", tuple(Field(*field.split("=")) for field in each))

    base = fields("title=A", "year=1", "title=B", "note=n")
    merged = merge(base, fields("title=A", "year=2", "title=B", "note=n", "pages=1"), base)
    assert merged.entry == fields("title=A", "year=2", "title=B", "note=n", "pages=1")
    conflict = merge(base, fields("title=C", "title=D", "title=E"), fields("title=A", "note=n", "title=F"))
    assert with_theirs(conflict, fields("title=C", "title=D", "title=E")) == fields("title=C", "title=D", "title=E")
    assert merge(base, fields("title=C", "year=1"), base).entry == fields("title=C", "year=1")


def test_an_expression_is_compared_as_it_was_written() -> None:
    base = Entry("key", "article", (Field("month", "January", "jan"),))
    merged = merge(base, Entry("key", "article", (Field("month", "January"),)), base)
    assert (merged.changed, merged.entry.fields) == (("month",), (Field("month", "January"),))


@given(entries, entries)
def test_a_side_that_changed_nothing_agrees_to_everything(base: Entry, other: Entry) -> None:
    taken = merge(base, other, base)
    assert (says_the_same(taken.entry, other), taken.conflicts) == (True, ())
    kept = merge(base, base, other)
    assert (kept.entry, kept.changed, kept.conflicts) == (other, (), ())


@given(entries, entries, entries)
def test_what_is_not_in_conflict_is_what_either_side_wanted(base: Entry, theirs: Entry, ours: Entry) -> None:
    merged = merge(base, theirs, ours)
    assert not {*merged.changed} & {each.name for each in merged.conflicts}
    for name in {field.name for each in (base, theirs, ours) for field in each.fields}:
        before, wanted, here = (
            tuple(field for field in each.fields if field.name == name) for each in (base, theirs, ours)
        )
        found = tuple(field for field in merged.entry.fields if field.name == name)
        in_conflict = name in {each.name for each in merged.conflicts}
        assert in_conflict == (wanted not in (before, here) and here != before)
        assert found == (wanted if here == before else here)
    forced = with_theirs(merged, theirs)
    assert merge(base, theirs, forced).conflicts == ()


def test_fields_that_are_not_there_are_filled_in_and_no_other() -> None:
    assert filled(entry(title="A"), entry(title="B", year="2000")) == entry(title="A", year="2000")
    assert filled(entry(title="A"), entry(title="B")) == entry(title="A")


def test_the_order_of_fields_says_nothing_their_repetition_does() -> None:
    assert says_the_same(entry(title="A", year="1"), entry(year="1", title="A"))
    twice = Entry("key", "article", (Field("note", "a"), Field("note", "a")))
    assert not says_the_same(twice, entry(note="a"))
