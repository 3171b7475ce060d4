"""A library made by chance in which works are planted twice, and others that only look so; how many are found.

The planted ones are what people have: typing errors, initials, preprints beside their publication, swapped fields. The
others are what a finder must leave alone: parts, yearly reports, errata, editions, chapters of one book, papers of the
same people with like titles. What is printed: precision (of the pairs found, how many are planted), recall (of the
planted, how many are found), kind by kind where something was missed.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bibman.model.duplicates import Sameness
from bibman.model.entry import Entry, Field
from bibman.services.duplicates import likely_pairs
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import reading

Fields = dict[str, str]
SYLLABLES = "ba co di fu ga he ki lo ma ne pi ro su ta ve wo xi za bre cla dro fle gri plo sta tre".split()
ENDINGS = "tion ment ity ism ology ence al ic ous ive ing er or ance ness ship graph metry nomy sis".split()
LINKS = ("of", "in", "for", "and", "with", "on the", "from", "by", "under", "towards")
FAMILIES = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "n", "ski", "son", "er", "a")]
GIVEN = (
    "Anna Jane John Maria Wei Ming Hiroshi José Zoë Peter Paul Ruth Lars Igor Olga Amit Priya Chen Kofi Lucia David"
    " Thomas Elena Marco Nadia Omar Fatima Ivan Karin Jürgen Søren Łukasz Aisha Yuki Noor Ravi Mei Bjorn"
).split()


class Maker:
    """Makes works by chance, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        choice = self.chance.choice
        self.words = sorted(
            {"".join(choice(SYLLABLES) for _ in range(choice((1, 2, 2)))) + choice(ENDINGS) for _ in range(6000)}
        )
        self.journals = [f"Journal of {self.title(2)}" for _ in range(400)]

    def title(self, length: int) -> str:
        """A title of so many words, common ones more often than rare ones, with small words between them."""
        parts: list[str] = []
        for place in range(length):
            if place and self.chance.random() < 0.4:
                parts.append(self.chance.choice(LINKS))
            parts.append(self.words[int(len(self.words) * self.chance.random() ** 2.5)])
        return " ".join(parts).capitalize()

    def people(self) -> list[tuple[str, str]]:
        """Family and given names of some authors."""
        chance = self.chance
        number = chance.choices((1, 2, 3, 4, 6), (20, 30, 25, 15, 10))[0]
        return [
            (chance.choice(FAMILIES).capitalize(), " ".join(chance.sample(GIVEN, chance.choice((1, 1, 2)))))
            for _ in range(number)
        ]

    def work(self, number: int) -> tuple[str, Fields, list[tuple[str, str]]]:
        """A work: its type, fields and people."""
        chance = self.chance
        kind = chance.choices(("article", "inproceedings", "book", "misc"), (55, 28, 7, 10))[0]
        people = self.people()
        first = chance.randint(1, 900)
        fields = {"title": self.title(chance.randint(4, 10)), "year": str(chance.randint(1960, 2025))}
        if chance.random() < 0.2:
            fields["title"] += f": {self.title(chance.randint(2, 5))}"
        if kind == "article":
            fields |= {"journal": chance.choice(self.journals), "volume": str(chance.randint(1, 150))}
            fields["pages"] = f"{first}--{first + chance.randint(2, 40)}"
        elif kind == "inproceedings":
            fields |= {"booktitle": f"Proceedings of the Conference on {chance.choice(self.journals)[11:]}"}
            fields["pages"] = f"{first}--{first + 9}"
        elif kind == "book":
            fields |= {"publisher": f"{chance.choice(FAMILIES).capitalize()} Press"}
        else:
            fields |= {"howpublished": "Manuscript"}
        if kind != "misc" and chance.random() < 0.5:
            fields["doi"] = f"10.1000/made.{number}"
        return kind, fields, people


def written(people: list[tuple[str, str]]) -> str:
    """A list of names as BibTeX has it."""
    return " and ".join(f"{family}, {given}" for family, given in people)


Made = tuple[str, Fields]
Work = tuple[str, Fields, list[tuple[str, str]]]


def slipped(maker: Maker, text: str) -> str:
    """The text with a letter too many, too few, wrong or in the wrong place, within a word."""
    places = [place for place in range(1, len(text) - 1) if text[place - 1 : place + 2].isalpha()]
    place = maker.chance.choice(places)
    kind = maker.chance.randrange(4)
    letter = maker.chance.choice("abcdefghijklmnopqrstuvwxyz")
    middle = ("", text[place] + letter, letter, text[place + 1] + text[place])[kind]
    return text[:place] + middle + text[place + (2 if kind == 3 else 1) :]


def typos(maker: Maker, work: Work) -> Made:
    """One or two slips in the title, and sometimes one in a name; no DOI."""
    kind, fields, people = work
    title = fields["title"]
    for _ in range(maker.chance.randint(1, 2)):
        title = slipped(maker, title)
    author = written(people)
    if maker.chance.random() < 0.3:
        author = slipped(maker, author)
    return kind, without(fields, "doi") | {"title": title, "author": author}


def initials(maker: Maker, work: Work) -> Made:
    """Initials for given names, or an abbreviated journal; the year or the pages may be missing."""
    kind, fields, people = work
    author = written([(family, " ".join(f"{each[0]}." for each in given.split())) for family, given in people])
    if len(people) > 3:
        author = f"{author.partition(' and ')[0]} and others"
    changed = without(fields, "doi", maker.chance.choice(("year", "pages", "volume"))) | {"author": author}
    if "journal" in changed:
        changed["journal"] = " ".join(f"{word[:4]}." for word in changed["journal"].split() if word != "of")
    changed["title"] = maker.chance.choice((str.upper, str.title, str))(changed["title"])
    return kind, changed


def preprint(maker: Maker, work: Work) -> Made:
    """The preprint of a publication, up to three years older."""
    _, fields, people = work
    year = int(fields["year"]) - maker.chance.randint(0, 3)
    number = f"{maker.chance.randint(7, 25):02}{maker.chance.randint(1, 12):02}.{maker.chance.randint(0, 9999):04}"
    found = {"title": fields["title"], "author": written(people), "year": str(year)}
    match maker.chance.randrange(3):
        case 0:
            return "article", found | {"journal": f"arXiv preprint arXiv:{number}"}
        case 1:
            return "misc", found | {"eprint": number, "archiveprefix": "arXiv"}
        case _:
            return "online", found | {"doi": f"10.48550/arXiv.{number}", "eprinttype": "arxiv"}


def swapped(maker: Maker, work: Work) -> Made:
    """Fields in each other's place: given and family name, title and container, year and volume, author and title."""
    kind, fields, people = work
    changed = without(fields, "doi") | {"author": written(people)}
    container = next((name for name in ("journal", "booktitle") if name in fields), None)
    match maker.chance.randrange(4):
        case 1 if container:
            changed |= {"title": fields[container], container: fields["title"]}
        case 2 if "volume" in fields:
            changed |= {"year": fields["volume"], "volume": fields["year"]}
        case 3:
            changed |= {"title": written(people), "author": fields["title"]}
        case _:
            changed["author"] = written([(given, family) for family, given in people])
    return kind, changed


def shortened(maker: Maker, work: Work) -> Made:
    """The subtitle is missing, or two authors are, or the year is one off."""
    kind, fields, people = work
    changed = without(fields, "doi") | {"author": written(people)}
    main, colon, _ = fields["title"].partition(":")
    if colon:
        changed["title"] = main
    elif len(people) > 2:
        changed["author"] = written(people[:-1])
    else:
        changed["year"] = str(int(fields["year"]) + maker.chance.choice((-1, 1)))
    return kind, changed


PLANTED: dict[str, Callable[[Maker, Work], Made]] = {
    "typos": typos,
    "initials": initials,
    "preprint": preprint,
    "swapped": swapped,
    "shortened": shortened,
}


def parts(maker: Maker, work: Work) -> Made:
    """The next part."""
    kind, fields, people = work
    return kind, elsewhere(maker, fields, f"{fields['title']}, Part II", 0) | {"author": written(people)}


def yearly(_maker: Maker, work: Work) -> Made:
    """A body's report of the next year, whose title says so or does not."""
    _, fields, _ = work
    return "techreport", {"title": fields["title"], "author": fields["author"], "year": str(int(fields["year"]) + 1)}


def erratum(maker: Maker, work: Work) -> Made:
    """An erratum, a comment or a reply."""
    kind, fields, people = work
    head = maker.chance.choice(("Erratum: ", "Corrigendum to ", "Comment on ", "Reply to "))
    return kind, elsewhere(maker, fields, head + fields["title"], 1) | {"author": written(people)}


def sibling(maker: Maker, work: Work) -> Made:
    """Another paper of the same people in the same year and place, whose title differs in a word."""
    kind, fields, people = work
    words = fields["title"].split()
    places = [place for place, word in enumerate(words) if len(word) > 4]
    words[maker.chance.choice(places)] = maker.chance.choice(maker.words)
    return kind, elsewhere(maker, fields, " ".join(words), 0) | {"author": written(people)}


def edition(_maker: Maker, work: Work) -> Made:
    """The next edition of a book."""
    _, fields, people = work
    return "book", without(fields, "doi", "pages") | {"author": written(people), "edition": "Second"}


def chapter(maker: Maker, work: Work) -> Made:
    """Another chapter of the same book, by the same people."""
    _, fields, people = work
    return "incollection", {**fields, "title": maker.title(6), "author": written(people), "pages": "500--520"}


def namesake(maker: Maker, work: Work) -> Made:
    """Other people's work with the same title."""
    kind, fields, _ = work
    return kind, elsewhere(maker, fields, fields["title"], 3) | {"author": written(maker.people())}


NEGATIVE: dict[str, Callable[[Maker, Work], Made]] = {
    "part": parts,
    "yearly report": yearly,
    "erratum": erratum,
    "sibling": sibling,
    "edition": edition,
    "chapter": chapter,
    "namesake": namesake,
}


def elsewhere(maker: Maker, fields: Fields, title: str, years: int) -> Fields:
    """The fields of another work: its own title, pages and DOI."""
    first = maker.chance.randint(901, 1800)
    changed = without(fields, "doi") | {"title": title, "year": str(int(fields["year"]) + years)}
    if "pages" in fields:
        changed["pages"] = f"{first}--{first + 12}"
    if "doi" in fields:
        changed["doi"] = f"{fields['doi']}.other"
    return changed


def without(fields: Fields, *names: str) -> Fields:
    """The fields, save these."""
    return {name: value for name, value in fields.items() if name not in names}


def library(count: int, planted: int, seed: int = 1) -> Iterator[tuple[str, Entry]]:
    """Entries, each with what it is: a `work`, a kind of duplicate or one of what only looks so.

    A duplicate follows the work that it is of; so does what only looks like it.
    """
    maker = Maker(seed)
    doubles = [*PLANTED] * -(-planted // len(PLANTED))
    others = [*NEGATIVE] * -(-2 * planted // len(NEGATIVE))
    names = [*doubles[:planted], *others[: 2 * planted]]
    names += [""] * (count - 2 * len(names))
    maker.chance.shuffle(names)
    for number, name in enumerate(names):
        work = maker.work(number)
        if name in NEGATIVE:
            work = fitting(maker, name, work)
        kind, fields, people = work
        yield "work", entry(f"key{number}", kind, {"author": written(people)} | fields)
        if name:
            yield name, entry(f"key{number}b", *(PLANTED | NEGATIVE)[name](maker, work))


def fitting(maker: Maker, name: str, work: Work) -> Work:
    """A work of which there can be what is asked for: a report, a book, a chapter."""
    kind, fields, people = work
    if name == "yearly report":
        return "techreport", fields | {"author": f"{{The Agency of {people[0][0]}}}"}, people
    if name == "edition":
        return "book", without(fields, "pages", "journal", "booktitle", "doi") | {"edition": "1"}, people
    if name == "chapter":
        return "incollection", fields | {"booktitle": maker.title(3), "isbn": "978-1-4684-8585-1"}, people
    return kind, fields, people


def entry(key: str, kind: str, fields: Fields) -> Entry:
    """An entry with these fields."""
    return Entry(key, kind, tuple(Field(name, value) for name, value in fields.items() if value))


def measure(folder: Path, count: int = 100_000, planted: int = 2_000, seed: int = 1) -> tuple[float, float, float]:
    """Makes such a library in a folder, looks for its duplicates, and prints what was found and missed.

    Returns precision, recall and CPU seconds.
    """
    path = folder / "duplicates.bibman"
    kinds: dict[int, str] = {}
    with Library.open(path) as opened, opened.change("bench") as change:
        batch: dict[int, Entry] = {}
        for kind, made in library(count, planted, seed):
            (entry_id,) = reserve_ids(change, 1)
            kinds[entry_id], batch[entry_id] = kind, made
            if len(batch) == 1000:
                add_entries(change, batch)
                batch = {}
        add_entries(change, batch)
    wanted = {(entry_id - 1, entry_id): kind for entry_id, kind in kinds.items() if kind in PLANTED}
    started = time.process_time()
    with reading(path) as reader:
        found = likely_pairs(reader)
    seconds = time.process_time() - started
    right = found.keys() & wanted.keys()
    certain = [pair for pair, each in found.items() if each.verdict is Sameness.CERTAIN]
    wrong = [pair for pair in certain if pair not in wanted]
    missed = Counter(kind for pair, kind in wanted.items() if pair not in found)
    false = Counter(kinds[pair[1]] for pair in found if pair not in wanted)
    precision, recall = len(right) / max(1, len(found)), len(right) / len(wanted)
    print(f"duplicates among {len(kinds):,}, {len(wanted):,} of them planted: {seconds:.1f} s CPU")
    print(f"  precision {precision:.4f}, recall {recall:.4f}; {len(certain):,} certain, {len(wrong):,} of them wrong")
    if missed or false:
        print(f"  missed: {dict(missed)}; taken for one: {dict(false)}")
    return precision, recall, seconds


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), *map(int, sys.argv[1:]))
