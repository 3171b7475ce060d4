"""`export --cited-in`: what a paper cites, under the keys that it cites it by, and an open word about the rest."""

from pathlib import Path

import pytest

from tests.cli.calling import Bibman
from tests.cli.test_export import entries

TOY, TRAIN, DEEP = "elhage2022toy", "bai2022training", "christiano2017deep"


def cited(bibman: Bibman, *arguments: str) -> list[str]:
    """The keys that are written for papers, which must all be there."""
    done = bibman("export", *(part for name in arguments for part in ("--cited-in", name)))
    assert (done.code, done.err) == (0, "")
    return list(entries(done.out))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paper.tex", rf"\cite{{{TRAIN}}} \textcite[see][]{{{TOY}, {TRAIN}}}"),
        ("paper.aux", f"\\relax\n\\citation{{{TRAIN}}}\n\\citation{{{TOY}}}\n"),
        ("paper.aux", f"\\abx@aux@cite{{0}}{{{TRAIN}}}\n\\abx@aux@cite{{0}}{{{TOY}}}\n"),
        ("paper.bcf", f"<bcf:controlfile><bcf:citekey>{TRAIN}</bcf:citekey><bcf:citekey>{TOY}</bcf:citekey>"),
    ],
)
def test_what_is_cited_and_no_more_is_written(seeded: Bibman, name: str, text: str) -> None:
    seeded.file(name, text)
    assert cited(seeded, name) == [TRAIN, TOY]
    assert list(entries(seeded("export", "--cited-in", "-", input=text).out)) == [TRAIN, TOY]


def test_several_papers_and_keys_are_taken_together(seeded: Bibman) -> None:
    seeded.file("one.tex", rf"\cite{{{TRAIN}}}")
    seeded.file("two.aux", f"\\citation{{{TOY}}}\n")
    assert cited(seeded, "one.tex", "two.aux") == [TRAIN, TOY]
    assert list(entries(seeded("export", DEEP, "--cited-in", "one.tex").out)) == [TRAIN, DEEP]


def test_a_star_means_every_entry(seeded: Bibman) -> None:
    seeded.file("paper.tex", rf"\nocite{{*}}\cite{{{TOY}}}")
    assert cited(seeded, "paper.tex") == sorted(seeded.keys())


def test_a_key_that_nobody_has_is_said_with_the_nearest_and_the_rest_is_written(seeded: Bibman) -> None:
    seeded.file("paper.tex", rf"\cite{{elhage2022toys,{TOY}}} \input{{more}} \cite{{elhage2022toys}}")
    seeded.file("more.tex", r"\cite{zzzzz}")
    done = seeded("export", "--cited-in", "paper.tex", "-o", "refs.bib")
    assert (done.code, done.out) == (4, "")
    assert done.err == (
        "1 entry in refs.bib\n"
        f"bibman: no such key: elhage2022toys (cited in paper.tex). Did you mean {TOY}?\n"
        "bibman: no such key: zzzzz (cited in more.tex)\n"
    )
    assert list(entries(Path("refs.bib").read_text())) == [TOY]


def test_a_paper_that_cites_nothing_gives_an_empty_file_and_a_warning(seeded: Bibman) -> None:
    seeded.file("paper.tex", "Nothing.")
    done = seeded("export", "--cited-in", "paper.tex")
    assert (done.code, done.out, done.err) == (0, "", "bibman: warning: paper.tex cites nothing\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no.aux", "no such file: no.aux"),
        (".", ". is a folder. Name a file in it"),
        ("paper.pdf", "paper.pdf is not a text (it looks like a PDF)."),
    ],
)
def test_a_paper_that_cannot_be_read_is_an_error(seeded: Bibman, name: str, said: str) -> None:
    seeded.file("paper.pdf", b"%PDF-1.5")
    done = seeded("export", "--cited-in", name)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"bibman: {said}")


class TestKeys:
    def test_an_alias_is_written_as_the_paper_cites_it_and_references_follow(self, fresh: Bibman) -> None:
        fresh("new", "proceedings", "--key", "parent", "--set", "title=Bees")
        fresh("new", "inproceedings", "--key", "child", "--set", "title=Wax", "--set", "crossref=parent")
        fresh("key", "set", "parent", "hive")
        fresh("key", "set", "child", "comb")
        fresh.file("paper.tex", r"\cite{child}")
        assert cited(fresh, "paper.tex") == ["child", "hive"]
        fresh.file("paper.tex", r"\cite{parent, child}")
        done = fresh("export", "--cited-in", "paper.tex")
        assert (list(entries(done.out)), done.err) == (["child", "parent"], "")
        assert entries(done.out)["child"]["crossref"] == "parent"

    def test_a_key_in_another_case_is_written_so_with_a_warning(self, seeded: Bibman) -> None:
        seeded.file("paper.tex", r"\cite{Elhage2022Toy}")
        done = seeded("export", "--cited-in", "paper.tex")
        assert (done.code, list(entries(done.out))) == (0, ["Elhage2022Toy"])
        assert done.err == (
            f"bibman: warning: cited as Elhage2022Toy, the library has {TOY}:"
            " written as it is cited, since biber minds the case\n"
        )

    def test_an_entry_with_two_keys_has_ids_for_biblatex_and_a_copy_for_bibtex(self, seeded: Bibman) -> None:
        seeded("key", "set", TOY, "toy")
        seeded.file("paper.tex", rf"\cite{{{TOY}, toy}}")
        done = seeded("export", "--cited-in", "paper.tex", "--format", "biblatex")
        assert (done.code, done.err) == (0, "")
        assert {key: fields["ids"] for key, fields in entries(done.out).items()} == {"toy": TOY}
        done = seeded("export", "--cited-in", "paper.tex")
        assert done.err == f"bibman: warning: cited both as {TOY} and toy: BibTeX prints it once for each\n"
        found = entries(done.out)
        assert list(found) == [TOY, "toy"]
        assert found[TOY] == found["toy"]

    def test_ids_that_are_there_stay(self, fresh: Bibman) -> None:
        fresh("new", "misc", "--key", "a", "--set", "title=A", "--set", "ids=x, old, a1")
        fresh("key", "set", "a", "old")
        fresh.file("paper.tex", r"\cite{a, old}")
        done = fresh("export", "--cited-in", "paper.tex", "--format", "biblatex")
        assert entries(done.out)["old"]["ids"] == "x,a1,a"

    def test_two_spellings_are_no_two_entries_for_bibtex(self, seeded: Bibman) -> None:
        seeded.file("paper.tex", rf"\cite{{{TOY}, {TOY.upper()}}}")
        done = seeded("export", "--cited-in", "paper.tex")
        assert list(entries(done.out)) == [TOY]
        assert done.err == f"bibman: warning: cited both as {TOY} and {TOY.upper()}, at which BibTeX stops\n"
        done = seeded("export", "--cited-in", "paper.tex", "--format", "biblatex")
        assert entries(done.out)[TOY]["ids"] == TOY.upper()

    def test_a_set_brings_its_members(self, fresh: Bibman) -> None:
        for key in "abc":
            fresh("new", "misc", "--key", key, "--set", f"title={key}")
        fresh("new", "set", "--key", "both", "--set", "entryset=a,b")
        fresh.file("paper.tex", r"\cite{both}")
        assert cited(fresh, "paper.tex") == ["a", "b", "both"]
        fresh.file("paper.tex", r"\defbibentryset{own}{b,c}\cite{own}")
        assert cited(fresh, "paper.tex") == ["b", "c"]

    def test_all_that_an_entry_needs_to_be_printed_comes_along(self, fresh: Bibman) -> None:
        text = """@misc{cited, title={A}, related={translation}, xref={whole}, xdata={data}}
            @misc{translation, title={T}, related={cited}, crossref={volume}}
            @xdata{data, publisher={P}}
            @book{whole, title={W}, related={nobody}}
            @book{volume, title={V}}
            @misc{other, title={O}, related={cited}}"""
        fresh("ingest", fresh.file("refs.bib", text))
        fresh.file("paper.tex", r"\cite{cited}")
        assert sorted(cited(fresh, "paper.tex")) == ["cited", "data", "translation", "volume", "whole"]

    def test_an_unidentified_entry_is_left_out_with_a_warning(self, fresh: Bibman) -> None:
        fresh("ingest", "-", input="A wholly unknown text of which no catalogue has ever heard, cut off ...")
        (key,) = fresh.keys()
        fresh.file("paper.tex", rf"\cite{{{key}}}")
        done = fresh("export", "--cited-in", "paper.tex")
        assert (done.code, done.out) == (0, "")
        assert done.err.startswith(f"bibman: warning: left out, since not identified: {key} ")
        assert list(entries(fresh("export", "--cited-in", "paper.tex", "--include-unidentified").out)) == [key]


class TestIncludes:
    def test_files_are_found_as_latex_finds_them(self, seeded: Bibman) -> None:
        one, two, three, four, five = sorted(seeded.keys())[:5]
        for folder in ("paper/chapters", "paper/parts/figures", "paper/shared"):
            (seeded.home / folder).mkdir(parents=True)
        seeded.file("paper/main.tex", r"\include{chapters/one}\subfile{parts/two}\import{shared/}{four.inc}")
        seeded.file("paper/chapters/one.tex", rf"\cite{{{one}}}\input chapters/five")
        seeded.file("paper/parts/two.tex", rf"\cite{{{two}}}\input{{figures/three}}")
        seeded.file("paper/parts/figures/three.tex", rf"\cite{{{three}}}")
        seeded.file("paper/shared/four.inc", rf"\cite{{{four}}}\input{{chapters/one}}")
        seeded.file("paper/chapters/five.tex", rf"\cite{{{five}}}")
        assert cited(seeded, "paper/main.tex") == [one, two, three, four, five]

    def test_an_aux_includes_others(self, seeded: Bibman) -> None:
        (seeded.home / "build" / "chapters").mkdir(parents=True)
        seeded.file("build/paper.aux", f"\\citation{{{TOY}}}\n\\@input{{chapters/one.aux}}\n")
        seeded.file("build/chapters/one.aux", f"\\citation{{{TRAIN}}}\n")
        assert cited(seeded, "build/paper.aux") == [TRAIN, TOY]

    def test_files_that_include_each_other_are_read_once(self, seeded: Bibman) -> None:
        seeded.file("paper.tex", rf"\input{{more}}\input{{./paper}}\cite{{{TOY}}}")
        seeded.file("more.tex", rf"\input{{paper.tex}}\input{{more}}\cite{{{TRAIN}}}")
        assert cited(seeded, "paper.tex") == [TRAIN, TOY]

    def test_what_cannot_be_followed_is_a_warning(self, seeded: Bibman) -> None:
        seeded.file("paper.tex", rf"\input{{gone}}\input{{\jobname.tikz}}\input{{picture}}\cite{{{TOY}}}\input{{gone}}")
        seeded.file("picture.tex", b"\x89PNG")
        done = seeded("export", "--cited-in", "paper.tex")
        assert (done.code, list(entries(done.out))) == (0, [TOY])
        assert done.err.splitlines() == [
            r"bibman: warning: paper.tex includes \jobname.tikz, which only LaTeX can resolve",
            "bibman: warning: paper.tex includes gone, which is not there",
            "bibman: warning: picture.tex is not a text (it looks like a PNG picture)",
        ]

    def test_a_chapter_that_includeonly_leaves_out_is_no_part_of_the_paper(self, seeded: Bibman) -> None:
        seeded.file("paper.tex", r"\includeonly{one}\include{one}\include{two}\input{three}")
        for name, key in (("one", TOY), ("two", TRAIN), ("three", DEEP)):
            seeded.file(f"{name}.tex", rf"\cite{{{key}}}")
        done = seeded("export", "--cited-in", "paper.tex")
        assert (done.code, list(entries(done.out))) == (0, [DEEP, TOY])
        assert done.err == "bibman: warning: two is left out by \\includeonly in paper.tex\n"

    def test_a_paper_in_latin_1_is_read(self, fresh: Bibman) -> None:
        fresh("new", "misc", "--key", "bjørn", "--set", "title=Bees")
        fresh.file("paper.tex", "Tromsø \\cite{bjørn}".encode("latin-1"))
        assert cited(fresh, "paper.tex") == ["bjørn"]
