import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibman.errors import FileError
from bibman.model.fold import fold, fragment, opening_key, stream, title_key
from bibman.model.identifiers import Identifier, find_identifiers
from bibman.model.likeness import Text, judge_identifiers, judge_passage
from bibman.model.matching import Match, Proposal, Verdict
from bibman.providers import catalogue as catalogue_module
from bibman.providers.catalogue import Catalogue, catalogues
from bibman.providers.catalogue_build import build, ensure_seed
from bibman.providers.catalogue_format import read_record

SEEDS = Path(__file__).parents[2] / "seeds"
LIST = (SEEDS / "arxiv-papers.txt").read_text(encoding="utf-8").splitlines()[1:]
WORKS: list[dict[str, Any]] = [
    json.loads(line) for line in (SEEDS / "catalogue.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    with Catalogue.open(ensure_seed(SEEDS / "catalogue.jsonl", tmp_path_factory.mktemp("catalogues"))) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ensure_seed(SEEDS / "catalogue.jsonl", tmp_path)


def opening(text: str, catalogue: Catalogue) -> Match:
    key = opening_key(text)
    return judge_passage(Text(text), catalogue.lookup_opening(key) if key is not None else [])


def test_the_seed_is_fourteen_sound_works() -> None:
    records = [read_record(json.dumps(work)) for work in WORKS]
    assert len(records) == len({record.texts["eprint"] for record in records}) == len(LIST) == 14
    assert len({record.texts["doi"] for record in records}) == 14
    for record in records:
        (eprint,) = find_identifiers(f"arXiv:{record.texts['eprint']}")
        assert eprint == Identifier("arxiv", record.texts["eprint"])
        assert record.texts["url"] == f"https://arxiv.org/abs/{record.texts['eprint']}"
        assert find_identifiers(record.texts["doi"])
        assert record.names["author"]
        if record.type == "online":
            assert record.texts["doi"] == f"10.48550/arXiv.{record.texts['eprint']}"
    assert Counter(record.type for record in records) == {"online": 10, "inproceedings": 4}


def test_every_published_work_keeps_its_preprint() -> None:
    for work in WORKS:
        if work["type"] == "inproceedings":
            assert work["booktitle"]
            assert work["date"] >= work["eprintdate"][:4]


def test_every_line_of_the_seed_list_is_the_abstract_of_one_work() -> None:
    assert Counter(work["abstract"] for work in WORKS) == Counter(LIST)


@pytest.mark.parametrize("line", LIST)
def test_every_line_of_the_seed_list_is_identified(line: str, seed: Catalogue) -> None:
    match = opening(line, seed)
    assert (match.verdict, match.score, match.evidence["provider"]) == (Verdict.IDENTIFIED, 100, "seed")
    assert match.record is not None
    assert match.record.texts["abstract"] == line


@pytest.mark.parametrize("line", LIST)
def test_a_text_that_goes_on_after_the_known_opening_is_identified(line: str, seed: Catalogue) -> None:
    match = opening(f"{fragment(line)[0]} and so the abstract goes on, far beyond what the seed has of it.", seed)
    assert (match.verdict, match.score) == (Verdict.IDENTIFIED, 100)


@pytest.mark.parametrize("line", LIST)
def test_a_known_opening_that_goes_on_otherwise_is_another_paper(line: str, seed: Catalogue) -> None:
    rest = "of cats that sleep on warm keyboards, measured in forty households over nine long winters."
    assert opening(line[:70] + rest, seed).verdict is not Verdict.IDENTIFIED


def test_an_identifier_is_looked_up(seed: Catalogue) -> None:
    text = "cited as doi:10.18653/V1/2023.FINDINGS-ACL.847"
    proposals = [each for identifier in find_identifiers(text) for each in seed.lookup_identifier(identifier)]
    match = judge_identifiers(Text(text), proposals)
    assert match.verdict is Verdict.IDENTIFIED
    assert match.record is not None
    assert match.record.texts["eprint"] == "2212.09251"


@pytest.mark.parametrize("text", ["arXiv:2212.09251v2", "https://doi.org/10.48550/arXiv.2212.09251"])
def test_a_published_work_is_found_by_its_preprint(text: str, seed: Catalogue) -> None:
    (identifier,) = find_identifiers(text)
    (proposal,) = seed.lookup_identifier(identifier)
    assert proposal.record.texts["doi"] == "10.18653/v1/2023.findings-acl.847"


def test_what_is_not_there_is_not_found(seed: Catalogue) -> None:
    assert seed.lookup_identifier(Identifier("arxiv", "0704.0001")) == []
    absent = "Cats sleep on warm keyboards, as we have measured in forty households over nine long winters in the city."
    assert opening(absent, seed).verdict is Verdict.NOT_FOUND


def test_a_stock_phrase_identifies_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_module, "LARGEST_BUCKET", 3)
    phrase = "This paper has been withdrawn by the author due to a crucial error in its"
    for works, found in ((3, 3), (4, 0)):
        source = tmp_path / "works.jsonl"
        lines = [{"type": "online", "title": f"T{n}", "abstract": f"{phrase} lemma {n}"} for n in range(works)]
        source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        build([source], tmp_path / "mine.catalogue", "")
        with Catalogue.open(tmp_path / "mine.catalogue") as catalogue:
            key = opening_key(phrase)
            assert key is not None
            assert len(catalogue.lookup_opening(key)) == found


def test_a_work_without_abstract_has_no_opening(tmp_path: Path) -> None:
    source = tmp_path / "works.jsonl"
    source.write_text('{"type": "book", "title": "A", "doi": "10.1000/182"}', encoding="utf-8")
    build([source], tmp_path / "mine.catalogue", "")
    with Catalogue.open(tmp_path / "mine.catalogue") as catalogue:
        (proposal,) = catalogue.lookup_identifier(Identifier("doi", "10.1000/182"))
        assert (proposal.record.type, proposal.provider) == ("book", "mine")


def test_the_info_says_where_a_catalogue_comes_from(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        info = catalogue.info
    assert (info.name, info.path, info.sources) == ("seed", path, ("catalogue.jsonl",))
    assert (info.works, info.rejected) == (14, 0)
    assert len(info.checksum) == 64


def test_a_catalogue_in_a_folder_nobody_may_write_is_read(path: Path) -> None:
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with Catalogue.open(path) as catalogue:
            assert len(catalogue.lookup_identifier(Identifier("arxiv", "2302.07459"))) == 1
    finally:
        path.parent.chmod(0o700)


def test_a_path_with_odd_characters_is_opened(tmp_path: Path) -> None:
    path = ensure_seed(SEEDS / "catalogue.jsonl", tmp_path / "50% of #1? yes & ünï")
    with Catalogue.open(path) as catalogue:
        assert catalogue.info.works == 14


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"no such catalogue: .*mine\.catalogue\. Build it with"):
        Catalogue.open(tmp_path / "mine.catalogue")


def altered(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("name", ["format", "fold"])
def test_a_catalogue_of_another_version_is_refused(path: Path, name: str) -> None:
    altered(path, f"UPDATE meta SET value = '999' WHERE name = '{name}'")
    with pytest.raises(FileError, match=r"was built by another version of bibman.*bibman catalogue build"):
        Catalogue.open(path)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM meta WHERE name = 'checksum'",
        "UPDATE meta SET value = 'many' WHERE name = 'works'",
        "UPDATE meta SET value = NULL WHERE name = 'sources'",
        "DROP TABLE meta",
    ],
)
def test_a_catalogue_that_cannot_say_what_it_is_is_refused(path: Path, damage: str) -> None:
    altered(path, damage)
    with pytest.raises(FileError, match=r"is no catalogue, or it is damaged.*bibman catalogue build"):
        Catalogue.open(path)


@pytest.mark.parametrize("content", [b"", b"plain text, no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.catalogue"
    path.write_bytes(content)
    with pytest.raises(FileError, match="is no catalogue, or it is damaged"):
        Catalogue.open(path)


@pytest.mark.parametrize(
    "damage",
    ["DROP TABLE identifier", "UPDATE work SET record = X'00'", "UPDATE work SET record = NULL"],
)
def test_damage_that_shows_only_later_is_said_then(path: Path, damage: str) -> None:
    altered(path, damage)
    with Catalogue.open(path) as catalogue, pytest.raises(FileError, match=r"is damaged.*bibman catalogue build"):
        catalogue.lookup_identifier(Identifier("arxiv", "2302.07459"))


def test_a_catalogue_cut_short_is_damaged(path: Path) -> None:
    def look_everything_up() -> None:
        with Catalogue.open(path) as catalogue:
            for work in WORKS:
                catalogue.lookup_identifier(Identifier("arxiv", work["eprint"]))
                opening(work["abstract"], catalogue)

    whole = path.read_bytes()
    look_everything_up()
    for size in range(0, len(whole), 4096):
        path.write_bytes(whole[:size])
        with pytest.raises(FileError, match="damaged"):
            look_everything_up()


def test_the_catalogues_of_a_folder_come_in_order_the_seed_last(tmp_path: Path) -> None:
    assert catalogues(tmp_path / "none") == []
    for name in ("seed.catalogue", "arxiv.catalogue", "zoo.catalogue", "notes.txt", ".arxiv.catalogue.1.unfinished"):
        (tmp_path / name).touch()
    assert [path.name for path in catalogues(tmp_path)] == ["arxiv.catalogue", "zoo.catalogue", "seed.catalogue"]


def test_the_seed_fragments_are_long_enough_to_stand_alone() -> None:
    assert min(len(stream(fragment(line)[0])) for line in LIST) >= 120


WORDY = [
    {
        "type": "online",
        "title": f"Study {number} of warm keyboards in {place}",
        "author": [{"family": family}],
        "date": "2001",
        "abstract": f"We measure how the cats of {place} sleep on keyboards, and find that {animal} do not.",
    }
    for number, (place, family, animal) in enumerate(
        [("Łódź", "Erdős", "bees"), ("Lund", "Doe", "wasps"), ("Graz", "Wabe", "bees"), ("Brno", "Čapek", "newts")]
    )
]


@pytest.fixture
def wordy(tmp_path: Path) -> Iterator[Catalogue]:
    source = tmp_path / "works.jsonl"
    source.write_text("\n".join(map(json.dumps, WORDY)), encoding="utf-8")
    build([source], tmp_path / "mine.catalogue", "")
    with Catalogue.open(tmp_path / "mine.catalogue") as catalogue:
        yield catalogue


def titles(proposals: list[Proposal]) -> list[str]:
    return [each.record.texts["title"] for each in proposals]


def test_rare_words_elect_a_work(wordy: Catalogue) -> None:
    assert titles(wordy.elect("how the cats of lund sleep".split(), by_title=False))[0] == WORDY[1]["title"]
    assert titles(wordy.elect("bees wasps unheardof".split(), by_title=False))[0] == WORDY[1]["title"]
    assert wordy.elect("unheardof words only".split(), by_title=False) == []
    assert wordy.elect([], by_title=True) == []


def test_names_elect_with_titles_and_not_with_abstracts(wordy: Catalogue) -> None:
    assert titles(wordy.elect(["capek"], by_title=True)) == [WORDY[3]["title"]]
    assert wordy.elect(["capek"], by_title=False) == []
    assert wordy.elect(["newts"], by_title=True) == []


def test_words_that_are_in_too_many_works_elect_together(wordy: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_module, "_MOST_VOTES", (1, 1))
    altered(wordy.info.path, "INSERT INTO frequency VALUES ('keyboards', 400, 400), ('graz', 400, 400)")
    with Catalogue.open(wordy.info.path) as catalogue:
        assert titles(catalogue.elect(["keyboards", "graz"], by_title=True)) == [WORDY[2]["title"]]


def test_a_title_is_looked_up_whole(wordy: Catalogue) -> None:
    key = title_key(fold("Study 2 of Warm Key-boards in Graz."))
    assert key is not None
    assert titles(wordy.lookup_title(key)) == [WORDY[2]["title"]]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("bees", [2, 0]),
        ("keyboards erdos", [0]),
        ("newts capek", [3]),
        ("warm", [3, 2, 1, 0]),
        ("graz newts", []),
        ("the of", []),
    ],
)
def test_a_search_finds_works_with_all_words(wordy: Catalogue, words: str, places: list[int]) -> None:
    found = [record.texts["title"] for record in wordy.search(words.split(), 20)]
    assert found == [WORDY[place]["title"] for place in places]
    assert len(wordy.search(["warm"], 2)) == 2


def test_a_damaged_index_is_told(wordy: Catalogue) -> None:
    for damage in ("DROP TABLE frequency", "DELETE FROM words_data"):
        altered(wordy.info.path, damage)
        with Catalogue.open(wordy.info.path) as catalogue, pytest.raises(FileError, match="is damaged"):
            catalogue.elect(["bees"], by_title=False)
