"""Texts that name a work, as people have them: made of a record, by chance."""

import random
from collections.abc import Callable, Sequence

from bibman.model.record import Record

Make = Callable[[random.Random, Record], str]


def opening(length: int, mangle: Callable[[random.Random, str], str] = lambda _, text: text) -> Make:
    """The first so many characters of the abstract, mangled."""
    return lambda draw, record: mangle(draw, record.texts["abstract"][:length]) + "..."


def middle(draw: random.Random, record: Record) -> str:
    """200 characters from anywhere but the beginning."""
    abstract = record.texts["abstract"]
    start = draw.randint(50, max(50, len(abstract) - 200))
    return abstract[start : start + 200]


def title(draw: random.Random, record: Record) -> str:  # noqa: ARG001 - of the kind of `Make`
    """The title as it is."""
    return record.texts["title"]


def noisy_title(draw: random.Random, record: Record) -> str:
    """The title with a wrong character in twenty."""
    return noise(0.05)(draw, record.texts["title"])


def reference(draw: random.Random, record: Record) -> str:
    """A reference in one of a few styles."""
    names, year = record.names["author"], record.texts["date"][:4]
    initials = [f"{name.given[:1] or 'X'}. {name.family}" for name in names[:3]]
    inverted = [f"{name.family}, {name.given[:1] or 'X'}." for name in names[:3]]
    others = ", et al." if len(names) > 3 else ""
    journal = record.texts.get("journaltitle", "arXiv preprint")
    volume = f"{draw.randint(1, 90)}({draw.randint(1, 12)}), pp. {draw.randint(1, 900)}-{draw.randint(901, 2000)}"
    return draw.choice(
        (
            f"{', '.join(inverted)}{others} ({year}). {record.texts['title']}. {journal}, {volume}.",
            f"[{draw.randint(1, 99)}] {', '.join(initials)}{others}, “{record.texts['title']},” {journal}, {year}.",
            f"{' and '.join(initials)}{others}. {record.texts['title']}. In: {journal} {volume} ({year}).",
        )
    )


def noise(share: float) -> Callable[[random.Random, str], str]:
    """So many of the characters replaced, missing or doubled by others."""

    def mangled(draw: random.Random, text: str) -> str:
        made = []
        for character in text:
            if draw.random() < share:
                other = draw.choice("abcdefghijklmnopqrstuvwxyz")
                made.append(draw.choice((other, "", character + other)))
            else:
                made.append(character)
        return "".join(made)

    return mangled


def latex(draw: random.Random, text: str) -> str:
    """Words emphasized, accents and ties as LaTeX has them."""
    words = [rf"\emph{{{word}}}" if draw.random() < 0.1 else word for word in text.split(" ")]
    text = "".join(word + draw.choice((" ", " ", " ", "~")) for word in words).rstrip(" ~")
    return text.replace("é", r"\'{e}").replace("ö", r"{\"o}").replace("α", r"$\alpha$").replace("β", r"$\beta$")


def respaced(draw: random.Random, text: str) -> str:
    """Lines broken anew, words hyphenated and joined, quotes and blanks changed."""
    made = []
    for word in text.split(" "):
        broken = len(word) > 6 and draw.random() < 0.1
        made.append(f"{word[:4]}-\n{word[4:]}" if broken else word)
        made.append(draw.choice((" ", " ", " ", "\n", "  ", "")) if draw.random() < 0.3 else " ")
    return "".join(made)


def address(draw: random.Random, record: Record) -> str:
    """An identifier of the work, as it is written, or in an address."""
    eprint, doi = record.texts.get("eprint"), record.texts.get("doi")
    known = [f"arXiv:{eprint}v{draw.randint(1, 3)}", f"https://arxiv.org/abs/{eprint}"] if eprint else []
    known += [f"doi:{doi}", f"https://doi.org/{doi}"] if doi else []
    return draw.choice(known) if known else title(draw, record)


_MIXED: Sequence[Make] = (
    opening(200),
    middle,
    reference,
    title,
    address,
    opening(200, noise(0.05)),
    noisy_title,
    opening(100),
    reference,
    address,
)


def mixed(works: Sequence[Record], absent: Sequence[Record], count: int) -> list[str]:
    """So many texts of all kinds, one of ten about an absent work."""
    draw = random.Random(11)
    pools = (absent, *[works] * 9)
    texts = [
        _MIXED[number // len(pools) % len(_MIXED)](draw, draw.choice(pools[number % len(pools)]))
        for number in range(count)
    ]
    return [" ".join(text.split()) for text in texts]
