"""A `.bib` is cut into blocks that joined are the file, whatever it holds and however it comes."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bibman.formats import bibtex_blocks, bibtex_scanner, bibtex_starts
from bibman.formats.bibtex_blocks import Block, blocks
from tests.formats.bibtex_texts import BETWEEN, Written, marked, mistakes, texts, written_entries


def cut(text: str) -> list[Block]:
    return list(blocks([text]))


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.raw) for block in blocks([text])]


def only(text: str) -> Block:
    """The one block that the text is."""
    [block] = blocks([text])
    return block


def read(written: Written) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    return written.raw, written.type, written.key, written.fields


@given(texts)
def test_the_raws_joined_are_the_text(text: str) -> None:
    found = cut(text)
    assert "".join(block.raw for block in found) == text
    assert all(block.raw for block in found)


@given(texts, st.data())
@example("@misc{a}\n@misc{b}", None)
def test_blocks_do_not_depend_on_how_the_text_was_cut(text: str, data: st.DataObject | None) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text))))) if data else [9, 12]
    size = data.draw(st.integers(1, 8)) if data else 1
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bibtex_blocks, "PIECE", size)  # the law is of interest where blocks are larger than pieces
        found = list(blocks(pieces))
    assert found == cut(text)


def test_a_block_comes_before_the_text_after_it_is_there() -> None:
    def pieces() -> Iterator[str]:
        yield "@misc{a}" + " " * bibtex_blocks.PIECE + "@"
        yield "misc{b}"
        raise AssertionError("more of the text was taken than is needed")

    found = blocks(pieces())
    assert next(found).key == "a"


@given(texts)
@example("\r\n@misc{a}\r\r\n\n@misc{b")
def test_a_block_says_in_which_line_it_begins(text: str) -> None:
    before = ""
    for block in cut(text):
        assert block.line == len(re.split(r"\r\n|\r|\n", before))
        before += block.raw


@given(texts | written_entries().map(lambda written: written.raw + "\n"))
def test_the_short_way_reads_what_the_scanner_reads(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bibtex_blocks, "_plain_entry", lambda _text, _head: None)
        scanned = cut(text)
    assert cut(text) == scanned


@given(st.lists(st.tuples(written_entries(), BETWEEN)))
def test_what_is_well_formed_is_read_as_it_was_written(entries: list[tuple[Written, str]]) -> None:
    found = cut("".join(written.raw + between for written, between in entries))
    assert [(block.raw, block.type, block.key, block.fields) for block in found if block.kind == "entry"] == [
        read(written) for written, _ in entries
    ]
    assert not [block for block in found if block.kind == "broken"]


@given(written_entries(), st.lists(written_entries(), min_size=1, max_size=3), BETWEEN, st.data())
def test_one_mistake_costs_one_entry(
    written: Written, others: list[Written], between: str, data: st.DataObject
) -> None:
    mistaken = data.draw(mistakes(written.raw))
    text = between.join([others[0].raw, mistaken, *(other.raw for other in others[1:])])
    found = iter([(block.raw, block.type, block.key, block.fields) for block in cut(text) if block.kind == "entry"])
    assert all(read(other) in found for other in others)  # in their order, since `in` goes on from the last found


@pytest.mark.parametrize(
    ("text", "type_", "key", "fields"),
    [
        ("@misc{a}", "misc", "a", []),
        ("@misc{a,}", "misc", "a", []),
        ("@MISC { a , }", "MISC", "a", []),
        ("@\n misc\n {\n a\n ,\n t\n =\n {A}\n }", "misc", "a", [("t", "{A}")]),
        ("@misc{, title={A}}", "misc", "", [("title", "{A}")]),
        ("@misc{}", "misc", "", []),
        ("@misc(,)", "misc", "", []),
        ("@misc(a, title={A})", "misc", "a", [("title", "{A}")]),
        ("@misc(b(1), title={B)} )", "misc", "b(1)", [("title", "{B)}")]),
        ("@misc{DBLP:conf/x/Y-1+2'&*, t=1}", "misc", "DBLP:conf/x/Y-1+2'&*", [("t", "1")]),
        ("@misc{a\"b#c%d\\e~f=1@g(h), t={A}}", "misc", "a\"b#c%d\\e~f=1@g(h)", [("t", "{A}")]),
        ("@misc{мир, t={A}}", "misc", "мир", [("t", "{A}")]),
        ("@my.type+x{a, b_c:d-e.f+g/h={A}}", "my.type+x", "a", [("b_c:d-e.f+g/h", "{A}")]),
        ("@misc{a, t={A}, T={B}, t={A}}", "misc", "a", [("t", "{A}"), ("T", "{B}"), ("t", "{A}")]),
        ("@misc{a, t={}, u=\"\"}", "misc", "a", [("t", "{}"), ("u", '""')]),
        ("@misc{a, t = \"B\" # jan\n # {C}# 12 ,}", "misc", "a", [("t", '"B" # jan\n # {C}# 12')]),
        ("@misc{a, t=a:b-c.d}", "misc", "a", [("t", "a:b-c.d")]),
        ("@misc{a, t={{{{{{{A}}}}}}}, u=\"{{{{{{\"A\"}}}}}}\"}", "misc", "a",
         [("t", "{{{{{{{A}}}}}}}"), ("u", "\"{{{{{{\"A\"}}}}}}\"")]),
        ("@misc{a, t={C:\\\\}, u={\\{}}, v=\"\\\"}", "misc", "a", [("t", "{C:\\\\}"), ("u", "{\\{}}"), ("v", '"\\"')]),
        ("@misc{a, % why\n t = % so\n {50% of} % done\n , % more\n}", "misc", "a", [("t", "{50% of}")]),
        ("@misc{a,\u00a0t={A}\x0c,\u2003}", "misc", "a", [("t", "{A}")]),
    ],
)  # fmt: skip
def test_an_entry_is_read(text: str, type_: str, key: str, fields: list[tuple[str, str]]) -> None:
    assert only(text) == Block("entry", text, 1, type_, key, tuple(fields))


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("@string{a = {B}}", Block("macro", "", 1, "string", "a", (("", "{B}"),))),
        ("@STRING(a:b = \"B\" # jan)", Block("macro", "", 1, "STRING", "a:b", (("", '"B" # jan'),))),
        ("@String { a = 12, }", Block("macro", "", 1, "String", "a", (("", "12"),))),
        ("@preamble{\"{\\x@}\" # a}", Block("preamble", "", 1, "preamble", "", (("", '"{\\x@}" # a'),))),
        ("@Preamble ( {\\x)} )", Block("preamble", "", 1, "Preamble", "", (("", "{\\x)}"),))),
        ("@comment{jabref-meta: groups:{a}\n@misc{b}\n@misc{c}\n}", Block("comment", "", 1, "comment")),
        ("@Comment (a {)} b)", Block("comment", "", 1, "Comment")),
        ("@comment of mine, to me@home.org", Block("comment", "", 1, "comment")),
    ],
)  # fmt: skip
def test_a_macro_a_preamble_and_a_comment_are_read(text: str, block: Block) -> None:
    assert only(text) == block._replace(raw=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.org, me@home (or not), \\foo@bar{x} @ @@ @x", ["a@b.org, me@home (or not), \\foo@bar{x} @ @@ @x"]),
        ("@misc{a}@misc{b} @misc(c,)", ["@misc{a}", "@misc{b}", " ", "@misc(c,)"]),
        ("text @thing{a} text", ["text ", "@thing{a}", " text"]),
        ("text@misc{a}", ["text", "@misc{a}"]),
        ("\ufeff@misc{a}", ["\ufeff", "@misc{a}"]),
        ("x@@misc{a}", ["x@", "@misc{a}"]),
        ("% @misc{a}\n  %@misc{b,\n%}\n50% @misc{c}", ["% @misc{a}\n  %@misc{b,\n%}\n50% ", "@misc{c}"]),
        ("@misc{a} % @misc{b}\r@misc{c}", ["@misc{a}", " % @misc{b}\r", "@misc{c}"]),
        ("@comment never closed {\n@misc{a}", ["@comment never closed {", "\n", "@misc{a}"]),
        ("@comment{never closed\n@misc{a}\n@misc{b}", ["@comment{never closed", "\n", "@misc{a}", "\n", "@misc{b}"]),
        ("@comment so @misc{a}", ["@comment so ", "@misc{a}"]),
        ("@comment\n@misc{a}", ["@comment", "\n", "@misc{a}"]),
        ("@misc{a}\nurl = http://x\n@misc{b}", ["@misc{a}", "\nurl = http://x\n", "@misc{b}"]),
        ("@misc{a, t={x}}}\n@misc{b}", ["@misc{a, t={x}}", "}\n", "@misc{b}"]),
    ],
)  # fmt: skip
def test_what_is_between_blocks_is_text(text: str, expected: list[str]) -> None:
    assert [block.raw for block in cut(text)] == expected
    assert "broken" not in [block.kind for block in cut(text)]


@pytest.mark.parametrize(
    "value",
    [
        "{To cite it:\n@misc{b, title={T}}\n}",
        "{@Override\n  @Deprecated(x)\n  and so on}",
        '"{\n@misc{b, title={T}}\n}"',
        '"An article\n  @article{b, title={T}}\n"',
        "{\r\t@misc{}\rand so on}",
    ],
)
def test_a_value_that_visibly_goes_on_holds_lines_that_look_like_entries(value: str) -> None:
    text = f"@article{{a, note = {value}, year = 2000}}"
    assert only(text).fields == (("note", value), ("year", "2000"))


def test_a_brace_closed_too_often_later_on_makes_no_value_of_what_is_between() -> None:
    text = "@misc{a, t={A\n@misc{b, t={B}}\n@misc{c, t={C}}}}\n@misc{d}"
    assert [(block.kind, block.key) for block in cut(text) if block.kind != "text"] == [
        ("broken", "a"),
        ("entry", "b"),
        ("entry", "c"),
        ("entry", "d"),
    ]


@pytest.mark.parametrize(
    "rest",
    ["trailing", "1", ";", ",", "}", "},", "%comment }", " } text", "a,b = c", "(see b)", ", title",
     "\narticle{b,\n title = {B},\n}", ".\n\nSee {x} and {y}", "text\n@misc{b}", "@misc{b}", ", @misc{b}",
     "x@misc{b, title={B}}"],
)  # fmt: skip
def test_text_behind_an_entry_is_no_part_of_it(rest: str) -> None:
    for entry in ("@misc{a, title={A}}", "@misc(a, title={A})"):
        assert next((block.kind, block.key) for block in blocks([entry + rest])) == ("entry", "a")
        assert ("broken", "b") not in [(block.kind, block.key) for block in blocks([entry + rest])]


@pytest.mark.parametrize(("sign", "what"), [("\0", "there is a NUL character"), ("\udce9", "the byte E9 is not UTF-8")])
def test_a_sign_that_is_no_letter_costs_its_block_alone(sign: str, what: str) -> None:
    sound = "@misc{a, title={A}}\n"
    for broken in ("@misc{b,\n title={B¶}}", "@misc{b¶, title={B}}", "@string{b={¶}}", "@misc{b¶ c, title={B}}"):
        text, line, column = marked(f"{sound}{broken}")
        text = sign.join((text[: len(text) - len(broken) + 1 + broken.index("¶")], broken.partition("¶")[2]))
        found = list(blocks([f"{text}\n{sound}text {sign}\n@comment{{{sign}}}"]))
        assert "".join(block.raw for block in found) == f"{text}\n{sound}text {sign}\n@comment{{{sign}}}"
        assert [block.problem for block in found if block.problem] == [(line, column, what)]
        assert [block.kind for block in found if block.kind != "text"] == ["entry", "broken", "entry", "comment"]


PROBLEMS = [
    ("@misc{a,\n  title = ¶{A\n  year = {2000},\n}", "the value of `title` is never closed"),
    ("@misc{a,\n  title = ¶{A,\n  year = {2000}\n}", "the value of `title` is never closed"),
    ('@misc{a,\n  title = ¶"A,\n  year = "2000"\n}', "the value of `title` is never closed"),
    ("@misc{a,\r\n  title = ¶{A", "the value of `title` is never closed"),
    ("@misc{a,\r  title = ¶{A", "the value of `title` is never closed"),
    ('@misc{a, title = ¶"A\n}', "the value of `title` is never closed, or a brace in it never opened"),
    ("@misc{a,\n  title = {A}¶\n  year = {2000}\n}", "a comma is missing after the value of `title`"),
    ("@misc{a, month = jan¶ year = 2000}", "a comma is missing after the value of `month`"),
    ("@misc{a, title={A}¶ % remark\n year={2000}}", "a comma is missing after the value of `title`"),
    ("@misc{a, year = 2000,¶\n\n", "the entry is never closed"),
    ("@misc{a, year = 2000¶\n", "the entry is never closed"),
    ("@misc{a, ye¶", "the entry is never closed"),
    ("@misc{a¶", "the entry is never closed"),
    ("@misc{¶", "the entry is never closed"),
    ("@misc{a, title = {A}¶}, year = 2000\n}", "a `}` too many closes the entry before `year`"),
    ("@misc(a, title = {A}¶), year = 2000)", "a `)` too many closes the entry before `year`"),
    ("@misc{a, year = 20¶}00, title={A}}", "a `}` too many closes the entry before `00`"),
    ("@misc{a, year = 20¶}00}", "a `}` too many closes the entry before `00`"),
    ("@misc(a, year = 20¶)00)", "a `)` too many closes the entry before `00`"),
    ("@misc{a, title = {A}¶}nd more}, year = 2000}", "a `}` too many closes the entry before `nd`"),
    ("@misc{a, title = {A}¶}. And {M}ore\n  text\n}", "a `}` too many closes the entry before `And`"),
    ("@misc{a, title = {A}¶} and {more}}, year = 2000}", "a `}` too many closes the entry before `and`"),
    ("@misc{ke¶}y, title = {A}}", "a `}` too many closes the entry before `y`"),
    ("@misc{ke¶}y, title = {A", "a `}` too many closes the entry before `y`"),
    ("@misc{a, t = {x},¶}\n year = 2000,\n}", "a `}` too many closes the entry before `year`"),
    ('@misc{a, t = {x}¶} # "y"}', "a `}` too many closes the entry before `#`"),
    ("@misc{¶}\n  key,\n title={A}\n}", "a `}` too many closes the entry before `key`"),
    ("@misc{a, title¶ {A}}", "`=` is missing after `title`"),
    ("@misc{a, title={A}, and¶ more}", "`=` is missing after `and`"),
    ("@misc{a, ¶= {A}}", "the name of a field is missing before `=`"),
    ("@misc{a, ¶1t = {A}}", "the name of a field cannot begin with a digit"),
    ("@misc{a,¶, title={A}}", "there is a comma too many"),
    ("@misc{a, title={A},¶,}", "there is a comma too many"),
    ("@misc{a¶ b, title={A}}", "the citation key `a b` has a blank in it"),
    ("@misc{a¶ title={A}}", "a comma is missing after the citation key `a`"),
    ("@misc{¶title={A}}", "the citation key is missing before `title`"),
    ("@misc{¶x-y = {A}}", "the citation key is missing before `x-y`"),
    ('@misc{M¶{\\"u}ller, title={A}}', 'the citation key `M{\\"u` has a brace in it'),
    ("@misc(a¶)", "a comma is missing: BibTeX takes the `)` for part of the key"),
    ("@misc{a, title =¶ , year=1}", "the value of `title` is missing"),
    ('@misc{a, title = "A" #¶ , year=1}', "the value of `title` is missing"),
    ("@misc{a, pages=¶12-34}", "the value of `pages` has to stand in braces"),
    ("@misc{a, title = ¶Some Title}", "the value of `title` has to stand in braces"),
    ("@misc{a, title = ¶it's}", "the value of `title` has to stand in braces"),
    ('@misc{a, t = "A "¶quoted" B"}', 'the value of `t` ends here, but `quoted"` follows, and no comma or `}`'),
    ("@misc{a, t = {A \\}¶ b}, x={1}}", "the value of `t` ends here, but `b},` follows, and no comma or `}`"),
    ("@misc{a, title={A}¶)", "`)` stands where `}` has to close the entry"),
    ("@misc(a, title={A}¶}", "`}` stands where `)` has to close the entry"),
    ("@misc¶ a, title={A}}", "`{` is missing after `@misc`"),
    ("@¶{a, title={A}}", "the entry type is missing after `@`"),
    ("@¶@misc{a}", "the entry type is missing after `@`"),
    ("@¶1misc{a}", "the entry type is missing after `@`"),
    ("@name¶ of mine", "`{` is missing after `@name`"),
    ("@string{¶= {A}}", "the name of the macro is missing"),
    ("@string{a¶ {A}}", "`=` is missing after `a`"),
    ("@string{a =¶ }", "the value of the macro `a` is missing"),
    ("@string{a = {A}, ¶b = {B}}", "one @string defines one macro"),
    ("@string{a = {A}¶", "the macro is never closed"),
    ("@string{a¶", "the macro is never closed"),
    ("@preamble{¶x y}", "the text of the preamble has to stand in braces"),
    ('@preamble{"x"¶', "the preamble is never closed"),
    ("@preamble{¶}", "the text of the preamble is missing"),
]


@pytest.mark.parametrize(("text", "message"), PROBLEMS)
def test_a_broken_block_says_what_is_wrong_where_a_person_would_mend_it(text: str, message: str) -> None:
    text, line, column = marked(text)
    broken, *rest = cut(text)
    assert broken.kind == "broken"
    assert broken.problem == (line, column, message)
    assert not "".join(block.raw for block in rest).strip()


@pytest.mark.parametrize("text", [text for text, _ in PROBLEMS])
def test_a_broken_block_ends_before_the_next_line_that_begins_one(text: str) -> None:
    text, line, column = marked(text)
    before, after = "@misc{before}\n\n   ", "\n\n  @misc{after}\n"
    found = cut(before + text + after)
    assert [block.raw for block in found if block.kind == "entry"] == ["@misc{before}", "@misc{after}"]
    [broken] = [block for block in found if block.kind == "broken"]
    assert broken.problem is not None
    assert broken.problem[:2] == (line + 2, column + (3 if line == 1 else 0))


def test_a_message_is_short_however_long_the_name() -> None:
    problem = only("@misc{" + "a" * 1000 + " b, title={A}}").problem
    assert problem is not None
    assert problem.message == "the citation key `" + "a" * 40 + "…` has a blank in it"


class Counted:
    """A pattern that counts how many characters its matches go through."""

    def __init__(self, pattern: re.Pattern[str], count: list[int]) -> None:
        self.pattern, self.count = pattern, count

    def match(self, text: str, place: int = 0) -> re.Match[str] | None:
        match = self.pattern.match(text, place)
        self.count[0] += match.end() - place + 1 if match else 1
        return match

    def search(self, text: str, place: int = 0, end: int = 1 << 60) -> re.Match[str] | None:
        match = self.pattern.search(text, place, end)
        self.count[0] += (match.end() if match else min(len(text), end)) - place + 1
        return match

    def finditer(self, text: str, place: int = 0, end: int = 1 << 60) -> Iterator[re.Match[str]]:
        at = place
        for match in self.pattern.finditer(text, place, end):
            self.count[0] += match.end() - at + 1
            at = match.end()
            yield match
        self.count[0] += min(len(text), end) - at + 1


def steps(pieces: list[str]) -> int:
    """How many characters all patterns together go through, to read the text that is cut so."""
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        for module in (bibtex_blocks, bibtex_scanner, bibtex_starts):
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    patch.setattr(module, name, Counted(value, count))
        keys = {sign: Counted(pattern, count) for sign, pattern in bibtex_scanner._KEYS.items()}
        patch.setattr(bibtex_scanner, "_KEYS", keys)
        for _ in blocks(pieces):
            pass
    return count[0]


HOSTILE = [
    *("{", "}", "@", "@{", "@a{", "\n@a{", "@a{k,t={", "\n@a{k,t={", '\n@a{k,t="', "\n@x(k},a={", "\n@x{k,a={}}}"),
    *("@comment{", "\n@comment{", "@comment ", "\n@comment(", "@comment{@a{k}", "% @a{\n", "@article ", "\n@article "),
    *("@a{k,t={x}}}", "@a@b@c ", "@a{k},", "@a{k}, a ", "\n@a{k,t={x}},u={y}", "@a(k,t={x} ", "@a{k,t={x} y}"),
    *("\n@a{k,t={x}\n", '@a{k,t="}', '@a{k,t="{}', "\n@a{k,t={{{{x}}}},", "@a(k}},t={{x) ", "@a{k,t={x}yyyy", "\r\n@"),
    *('@string{a="b" # a}', "@a{k,t={{{{{{{x", '@a{k,t="{{{{{{{x', "@a{k,@b=", "@a{k,t=x#", "@a{k ", "@a{k,t={x},,"),
]
OPENINGS = ["", "@a{k,t={", '@a{k,t="', "@comment{", "@a{k", "@a{k,", "@a(k,t={{{{", "%", "@a{k,t={x} ", "@"]


@pytest.mark.parametrize("opening", OPENINGS)
def test_the_time_grows_with_the_length_of_the_text(opening: str) -> None:
    for scrap in HOSTILE:
        text = opening + scrap * (8000 // len(scrap))
        pieces = [text[start : start + 500] for start in range(0, len(text), 500)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bibtex_blocks, "PIECE", 500)
            in_pieces = steps(pieces)
        assert steps([text]) < 40 * len(text), scrap
        assert in_pieces < 80 * len(text), scrap


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=6), st.sampled_from(OPENINGS))
def test_the_time_grows_with_the_length_of_any_text(scraps: list[str], opening: str) -> None:
    text = opening + "".join(scraps) * (4000 // len("".join(scraps)))
    assert steps([text]) < 40 * len(text)
