"""Tags nest: the tree that their names make."""

from hypothesis import given
from hypothesis import strategies as st

from bibman.model.naming import fold_name
from bibman.model.tags import Branch, is_below, lineage, parse_tags, tree

TAGS = st.lists(st.lists(st.sampled_from(["a", "A", "b", "b c", "é"]), min_size=1, max_size=4).map("/".join))


def test_each_tag_is_followed_by_those_below_it() -> None:
    assert tree(["b", "a/x/y", "a b", "a", "C/z"]) == [
        Branch("a", "a", 0, True),
        Branch("a/x", "x", 1, False),
        Branch("a/x/y", "y", 2, True),
        Branch("a b", "a b", 0, True),
        Branch("b", "b", 0, True),
        Branch("C", "C", 0, False),
        Branch("C/z", "z", 1, True),
    ]


def test_a_tag_and_what_it_is_below() -> None:
    assert list(lineage("a/b c/d")) == ["a/b c/d", "a/b c", "a"]
    assert is_below("a/b", "a")
    assert not is_below("ab", "a")
    assert not is_below("a", "a")


@given(TAGS)
def test_the_tree_has_every_tag_once_below_what_it_is_below(tags: list[str]) -> None:
    once = list({fold_name(tag): tag for tag in tags}.values())
    branches = tree(once)
    paths = [fold_name(branch.path) for branch in branches]
    assert len(set(paths)) == len(paths)
    assert {path for path, branch in zip(paths, branches, strict=True) if branch.is_tag} == set(map(fold_name, once))
    for place, branch in enumerate(branches):
        assert branch.path.split("/")[-1] == branch.word
        assert branch.depth == branch.path.count("/")
        *_, parent = [path for path in paths[: place + 1] if path.count("/") == branch.depth - 1] or [""]
        assert not branch.depth or is_below(paths[place], parent)


@given(TAGS.filter(bool))
def test_tags_that_are_read_are_read_again_as_they_are(tags: list[str]) -> None:
    read = parse_tags(", ".join(tags))
    assert parse_tags(",".join(read)) == read
