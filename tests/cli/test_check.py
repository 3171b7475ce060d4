"""`check`: what it finds, of which entries, how it says so, and what mending writes."""

import json
from pathlib import Path

import pytest

from bibman.model.checks.finding import CHECKS
from tests.cli.calling import Bibman

TOY = "elhage2022toy"
GOLDEN = Path(__file__).parents[1] / "model" / "golden_checks"
BAD = """
@article{bad, author = {Doe, Jane}, title = {R&D at Home}, journal = {Bees}, year = 2020, pages = {1-10}}
@misc{good, author = {Doe, Jane}, title = {At Home}, year = 2020}
@misc{hinted, author = {Doe, Jane}, title = {At Home}, year = 2020, month = {May}}
"""


@pytest.fixture
def checked(fresh: Bibman) -> Bibman:
    """bibman with a library of one entry with an error, one that is sound, and one with a hint."""
    fresh.file("refs.bib", BAD)
    assert fresh("ingest", "refs.bib").code == 0
    return fresh


def codes(bibman: Bibman, *arguments: str) -> list[tuple[str, str]]:
    """Key and code of what is found."""
    return [(each["key"], each["code"]) for each in json.loads(bibman("check", *arguments, "--json").out)["findings"]]


@pytest.mark.parametrize("dialect", ["bibtex", "biblatex"])
def test_the_seed_list_is_sound(seeded: Bibman, dialect: str) -> None:
    done = seeded("check", "--dialect", dialect)
    assert done == (0, "", "0 errors, 0 warnings, 0 hints in 0 of 14 entries\n")


def test_a_finding_is_a_line_with_how_to_mend_it_and_the_call_fails(checked: Bibman) -> None:
    done = checked("check")
    assert done.code == 1
    assert [line.split("\t") for line in done.out.splitlines()] == [
        ["bad", "error", "bare-character", "title", "title has a bare &, at which LaTeX stops: R&D at Home",
         "write \\&"],
        ["bad", "hint", "pages-form", "pages", "pages is 1-10", "write 1--10"],
        ["hinted", "hint", "month-text", "month", "month is May, which no style shortens or translates",
         "write may, without braces"],
    ]  # fmt: skip
    assert done.err == "1 error, 0 warnings, 2 hints in 2 of 3 entries\n"


def test_hints_alone_are_no_failure(checked: Bibman) -> None:
    done = checked("check", "hinted")
    assert (done.code, done.err) == (0, "0 errors, 0 warnings, 1 hint in 1 of 1 entry\n")


def test_a_person_sees_entries_with_what_is_found_in_them(checked: Bibman) -> None:
    done = checked.terminal("check", "bad", NO_COLOR="1")
    assert done.out == (
        "bad\n"
        "  error bare-character: title has a bare &, at which LaTeX stops: R&D at Home\n"
        "    → write \\& (--fix does it)\n"
        "  hint pages-form: pages is 1-10\n"
        "    → write 1--10 (--fix does it)\n"
    )


def test_json_has_what_is_found_and_how_much(checked: Bibman) -> None:
    done = checked("check", "bad", "good", "--json", "--without", "hint")
    assert (done.code, done.err) == (1, "")
    assert json.loads(done.out) == {
        "dialect": "bibtex",
        "entries": 2,
        "errors": 1,
        "warnings": 0,
        "hints": 0,
        "findings": [
            {
                "key": "bad",
                "severity": "error",
                "code": "bare-character",
                "field": "title",
                "message": "title has a bare &, at which LaTeX stops: R&D at Home",
                "mend": "write \\&",
                "fixable": True,
            }
        ],
        "fixed": [],
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--only", "pages-form"), ["pages-form"]),
        (("--only", "hint"), ["pages-form", "month-text"]),
        (("--only", "error,month-text"), ["bare-character", "month-text"]),
        (("--without", "hint"), ["bare-character"]),
        (("--only", "hint", "--without", "month-text"), ["pages-form"]),
        (("--without", "error,hint"), []),
    ],
)
def test_checks_are_chosen_by_code_and_severity(
    checked: Bibman, arguments: tuple[str, ...], expected: list[str]
) -> None:
    assert [code for _, code in codes(checked, *arguments)] == expected


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--only", "pages-from"), 2, "no such check: pages-from. Did you mean pages-form"),
        (("--without", "zzzz"), 2, "no such check: zzzz. `bibman check --codes` lists them"),
        (("--dialect", "word"), 2, "no such dialect: word. It is `bibtex` or `biblatex`"),
        (("--dry-run",), 2, "--dry-run goes with --fix."),
        (("goood",), 3, "no such key: goood. Did you mean good?"),
        (("--cited-in", "no.aux"), 1, "no such file: no.aux"),
    ],
)
def test_a_wrong_call_is_told_with_what_to_do(
    checked: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = checked("check", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")


def test_the_codes_are_listed(fresh: Bibman) -> None:
    done = fresh("check", "--codes")
    assert [line.split("\t")[0] for line in done.out.splitlines()] == list(CHECKS)
    assert fresh.json("check", "--codes")[0] == {
        "code": "bare-character",
        "severity": "error",
        "meaning": "a character at which LaTeX stops, or that it swallows",
        "fixable": True,
    }


def test_the_dialect_is_that_of_the_setting(fresh: Bibman) -> None:
    fresh("new", "online", "--key", "a", "--set", "author=Doe, Jane", "--set", "title=T", "--set", "year=2020")
    assert codes(fresh) == []
    assert codes(fresh, "--dialect", "biblatex") == [("a", "missing-field")]
    fresh("config", "set", "export-format", "biblatex")
    assert codes(fresh) == [("a", "missing-field")]


class TestMending:
    def test_each_change_is_printed_and_what_is_left_to_find(self, checked: Bibman) -> None:
        checked("edit", "bad", "--set", "year=20222")
        done = checked("check", "--fix")
        assert done.code == 1
        assert [line.split("\t") for line in done.out.splitlines()] == [
            ["bad", "fixed", "bare-character", "title", "title = {R&D at Home} → title = {R\\&D at Home}", ""],
            ["bad", "fixed", "pages-form", "pages", "pages = {1-10} → pages = {1--10}", ""],
            ["hinted", "fixed", "month-text", "month", "month = {May} → month = may", ""],
            ["bad", "warning", "bad-year", "year", "year is none: 20222", "write it with four digits"],
        ]
        assert done.err == "3 findings mended\n0 errors, 1 warning, 0 hints in 1 of 3 entries\n"
        assert checked.shown("bad")["fields"]["title"] == "R\\&D at Home"

    def test_only_what_was_asked_for_is_mended(self, checked: Bibman) -> None:
        done = checked("check", "bad", "--fix", "--only", "hint")
        assert (done.code, done.err.splitlines()[0]) == (0, "1 finding mended")
        assert codes(checked) == [("bad", "bare-character"), ("hinted", "month-text")]

    def test_a_dry_run_says_the_same_and_writes_nothing(self, checked: Bibman) -> None:
        before = checked.library.read_bytes()
        tried = checked("check", "--fix", "--dry-run")
        assert checked.library.read_bytes() == before
        assert "3 findings mended (nothing was written)" in tried.err
        done = checked("check", "--fix")
        assert (done.code, done.out) == (0, tried.out)

    def test_json_has_the_fields_that_were_and_that_are(self, checked: Bibman) -> None:
        told = json.loads(checked("check", "hinted", "--fix", "--json").out)
        assert told["fixed"] == [
            {
                "key": "hinted",
                "code": "month-text",
                "old": [{"name": "month", "value": "May", "expression": None}],
                "new": [{"name": "month", "value": "May", "expression": "may"}],
            }
        ]

    def test_it_is_one_operation_and_undo_gives_back_all_of_every_kind(self, fresh: Bibman) -> None:
        names = []
        for path in sorted(GOLDEN.glob("*.bib")):
            # A key of several files would be another's.
            text = path.read_text("utf-8").replace("bad", f"{path.stem}-bad").replace("good", f"{path.stem}-good")
            names.append(fresh.file(path.name, text))
        fresh("ingest", *names)
        before = fresh("export", "--keep-letters").out
        done = fresh("check", "--fix")
        mended = fresh("export", "--keep-letters").out
        assert int(done.err.split()[0]) > 40
        assert mended != before
        assert fresh("check", "--fix").err.startswith("0 findings mended\n")
        assert fresh("undo").out.startswith("undone: check: mended ")
        assert fresh("export", "--keep-letters").out == before
        fresh("redo")
        assert fresh("export", "--keep-letters").out == mended

    def test_nothing_to_mend_leaves_no_operation(self, checked: Bibman) -> None:
        operations = checked.json("history")
        checked("check", "good", "--fix")
        assert checked.json("history") == operations


class TestCited:
    def test_what_a_paper_cites_is_checked_with_its_parents_and_no_more(self, fresh: Bibman) -> None:
        text = "@proceedings{p, title = {P&Q}, booktitle = {P}, editor = {Doe, J.}, year = 2020}"
        fresh.file("refs.bib", BAD + text + "@inproceedings{c, author = {Doe, J.}, title = {T}, crossref = {p}}")
        fresh("ingest", "refs.bib")
        fresh.file("paper.tex", r"\cite{c, good}")
        assert codes(fresh, "--cited-in", "paper.tex") == [("p", "bare-character")]
        assert codes(fresh, "bad", "--cited-in", "paper.tex", "--only", "error") == [
            ("bad", "bare-character"),
            ("p", "bare-character"),
        ]
        assert fresh("check", "--cited-in", "paper.tex").err.endswith("in 1 of 3 entries\n")

    def test_a_cited_key_that_does_not_exist_is_an_error_with_the_nearest(self, checked: Bibman) -> None:
        checked.file("paper.tex", r"\cite{gooood, good}")
        done = checked("check", "--cited-in", "paper.tex")
        line = (
            "gooood\terror\tcited-nowhere\t\tpaper.tex cites it, and the library has no such key\tdid you mean good?\n"
        )
        assert (done.code, done.out) == (1, line)
        assert done.err == "1 error, 0 warnings, 0 hints in 0 of 1 entry\n"
        assert checked("check", "--cited-in", "paper.tex", "--without", "cited-nowhere").code == 0

    def test_a_star_means_every_entry_and_what_is_odd_is_told(self, checked: Bibman) -> None:
        checked.file("paper.tex", r"\nocite{*}\input{more}")
        assert len(codes(checked, "--cited-in", "paper.tex")) == 3
        done = checked("check", "good", "--cited-in", "paper.tex")
        assert "paper.tex includes more, which is not there" in done.err

    def test_an_entry_that_is_not_identified_is_a_warning(self, fresh: Bibman) -> None:
        fresh("ingest", "-", input="A wholly unknown text of which no catalogue has ever heard, cut off ...")
        (key,) = fresh.keys()
        assert codes(fresh) == [(key, "unidentified")]
        assert fresh("check").code == 1


class TestReferences:
    def test_a_former_key_is_known_as_such_and_mended(self, fresh: Bibman) -> None:
        fresh("new", "proceedings", "--key", "old", "--set", "title=P", "--set", "editor=Doe, J.", "--set", "year=2020")
        fresh("key", "set", "old", "new")
        text = "@inproceedings{c, author = {Doe, J.}, title = {T}, booktitle = {B}, year = 2020, crossref = {old}}"
        fresh.file("refs.bib", text)
        fresh("ingest", "refs.bib")
        assert codes(fresh) == [("c", "reference-spelling")]
        fresh("check", "--fix")
        assert fresh.shown("c")["fields"]["crossref"] == "new"

    def test_macros_are_those_that_any_source_defines(self, fresh: Bibman) -> None:
        fresh.file("strings.bib", '@string{bees = "Journal of Bees"}')
        entry = "@article{%s, author = {Doe, J.}, title = {T}, journal = %s, year = 2020}"
        fresh.file("refs.bib", entry % ("a", "bees") + entry % ("b", "wasps"))
        fresh("ingest", "strings.bib", "refs.bib")
        assert codes(fresh) == [("b", "undefined-macro")]

    def test_journals_are_compared_in_the_whole_library(self, fresh: Bibman) -> None:
        entry = "@article{%s, author = {Doe, J.}, title = {T}, journal = {%s}, year = 2020}"
        journals = {"a": "Phys. Rev. A", "b": "Physical Review A", "c": "Physical Review A"}
        fresh.file("refs.bib", "".join(entry % pair for pair in journals.items()))
        fresh("ingest", "refs.bib")
        assert codes(fresh) == codes(fresh, "a") == [("a", "journal-spelling")]


def test_a_library_that_cannot_be_written_is_checked(checked: Bibman) -> None:
    checked.library.chmod(0o400)
    checked.library.parent.chmod(0o500)
    try:
        done = checked.without_rights("check", "good")
    finally:
        checked.library.parent.chmod(0o700)
    assert done == (0, "", "0 errors, 0 warnings, 0 hints in 0 of 1 entry\n")
