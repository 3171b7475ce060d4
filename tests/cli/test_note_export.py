"""`note export`: notes as files that the reader may go on with, or as one bibliography."""

from pathlib import Path

import pytest

from tests.cli.calling import Bibman

TOY, TRAIN, RED = "elhage2022toy", "bai2022training", "ganguli2022red"


@pytest.fixture
def noted(seeded: Bibman) -> Bibman:
    """A library with notes on two of its entries."""
    seeded("note", "add", TOY, "**First**")
    seeded("note", "add", TOY, "# Second")
    seeded("note", "add", TRAIN, "Other")
    seeded("tag", "add", "to read", TOY)
    return seeded


def test_each_entry_with_notes_gets_a_file(noted: Bibman) -> None:
    done = noted("note", "export", "--to", "vault/papers")
    assert (done.code, done.out, done.err) == (0, "", "2 files written to vault/papers\n")
    assert {each.name for each in Path("vault/papers").iterdir()} == {f"{TOY}.md", f"{TRAIN}.md"}
    text = Path(f"vault/papers/{TOY}.md").read_text("utf-8")
    assert '\naliases:\n  - "@elhage2022toy"\ntags:\n  - "to-read"\n' in text
    assert text.endswith("\n\n**First**\n\n---\n\n# Second\n")


def test_named_entries_get_a_file_also_without_notes(noted: Bibman) -> None:
    assert noted("note", "export", RED.upper(), "--to", "vault").code == 0
    assert [each.name for each in Path("vault").iterdir()] == [f"{RED}.md"]


def test_what_bibman_wrote_is_written_again_and_what_the_reader_edited_is_kept(noted: Bibman) -> None:
    noted("note", "export", "--to", "vault")
    toy, train = Path(f"vault/{TOY}.md"), Path(f"vault/{TRAIN}.md")
    toy.write_text(edited := toy.read_text("utf-8") + "My own line\n", "utf-8")
    noted("note", "add", TOY, "Third")
    noted("note", "add", TRAIN, "More")
    done = noted("note", "export", "--to", "vault")
    assert (done.code, done.out) == (4, "")
    said = f"vault/{TOY}.md was not written by bibman, or edited since, and is kept; remove it to have it written anew"
    assert done.err.splitlines() == ["1 file written to vault", f"bibman: warning: {said}"]
    assert toy.read_text("utf-8") == edited
    assert train.read_text("utf-8").endswith("Other\n\n---\n\nMore\n")
    toy.unlink()
    assert noted("note", "export", "--to", "vault").err == "1 file written to vault, 1 unchanged\n"


def test_a_file_that_is_no_text_is_kept(noted: Bibman) -> None:
    Path("vault").mkdir()
    Path(f"vault/{TOY}.md").write_bytes(b"\xff\xfe\x00")
    assert noted("note", "export", TOY, "--to", "vault").code == 4
    assert Path(f"vault/{TOY}.md").read_bytes() == b"\xff\xfe\x00"


def test_one_annotated_bibliography_is_sorted_by_name(noted: Bibman) -> None:
    done = noted("note", "export", "--bibliography", "-")
    lines = done.out.splitlines()
    assert lines[0] == "# Annotated bibliography"
    headings = [line for line in lines if line.startswith("#")]
    assert headings[1].startswith("## Training a Helpful")
    assert headings[2:] == ["## Toy Models of Superposition", "### Second"]
    assert noted("note", "export", TOY, "--bibliography", "notes.md").out == ""
    assert Path("notes.md").read_text("utf-8").count("\n## ") == 1


def test_an_entry_has_the_date_and_the_container_of_its_parent(fresh: Bibman) -> None:
    proceedings = "@proceedings{p, title={Proceedings of Trees}, booktitle={Proceedings of Trees}, year=2011}"
    child = "@inproceedings{c, title={Oaks}, author={Doe, Jane}, crossref={p}}"
    fresh("ingest", fresh.file("refs.bib", f"{child}\n{proceedings}\n"))
    fresh("note", "add", "c", "Tall.")
    fresh("note", "export", "--to", "vault")
    text = Path("vault/c.md").read_text("utf-8")
    assert 'year: 2011\ndate: "2011"\n' in text
    assert 'container: "Proceedings of Trees"\n' in text
    assert "Doe, Jane (2011). *Oaks*. Proceedings of Trees. `@c`" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "it is not said where to. Say --to FOLDER or --bibliography FILE"),
        (("--to", "a", "--bibliography", "b"), 2, "it is not said where to."),
        (("elhage2022toi", "--to", "a"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("--to", "file.txt"), 1, "cannot make the folder file.txt: file exists"),
    ],
)
def test_what_cannot_be_done_is_said(noted: Bibman, arguments: tuple[str, ...], code: int, said: str) -> None:
    noted.file("file.txt", "x")
    done = noted("note", "export", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert not Path("a").exists()
