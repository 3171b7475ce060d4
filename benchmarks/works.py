"""Makes works by chance, for a catalogue: JSON Lines, the same at every run.

    python -m benchmarks.works 100000 > works.jsonl

Words follow Zipf's law and belong to topics; texts share stock phrases; three papers in a hundred go on from an earlier
one, with nearly its title and its authors, and one in ten of these with a sentence of its abstract; one in five has
letters beyond ASCII. So finding one is not too easy.
"""

import json
import random
import sys
from collections import deque
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

_FUNCTION_WORDS = (
    "the of and a to in we is for that with are on by as this an from be which it can our at these or has have not"
    " between show also its their using been but results more than such two results under new where only both one most"
    " model data method field system based problem study theory analysis time via large high approach however when"
).split()
_STOCK = (
    "in this paper we|in this work, we propose|we show that|we study the|we present a new|our results suggest that"
    "|this paper has been|in recent years,|experiments show that|it is well known that|we prove that"
    "|numerical simulations confirm|a long-standing problem is|here we report|the aim of this paper is to"
    "|we demonstrate that the proposed|compared with the state of the art,|as a consequence,|to this end, we introduce"
    "|the code is available at|we discuss the implications of|using a combination of|despite recent progress,"
).split("|")
_TITLES = ("On the {} of {}", "{}: {}", "{} for {}", "{} and {}", "{} via {}", "A {} approach to {}", "{} in {}", "{}")
_GIVEN = (
    "Ann Boris Chen Dora Emil Fatima Gil Hana Ivan João Kamilė Lena Minh Noemí Omar Petra Qing Rui Søren Thu".split()
)
_SYLLABLES = (
    "ba ce di fo gu la me ni po ru sa te vi zo ar en ist or ul tra ple sion gen mor phy cal tic ent ing ous lar quan"
    " the ther mal dyn am ic con der flu lo mag net op pro ra spec str ton vec wav"
).split()


class Maker:
    """Makes works, one after the other; `seed` decides which."""

    def __init__(self, seed: int = 1) -> None:
        self._draw = random.Random(seed)
        words = self._spelled(200_000)
        self._words = _FUNCTION_WORDS + words
        # The exponent of English, as large collections of abstracts have it.
        self._weights = list(accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(len(self._words))))
        self._topics = [self._draw.sample(words[200:40_000], 300) for _ in range(2000)]
        self._topic_weights = list(accumulate(1 / (rank + 2) for rank in range(300)))
        self._families = [word.capitalize() for word in self._spelled(30_000)]
        self._family_weights = list(accumulate(1 / (rank + 30) for rank in range(30_000)))
        self._earlier: deque[dict[str, Any]] = deque(maxlen=2000)

    def works(self, count: int) -> Iterator[dict[str, Any]]:
        """So many works."""
        for number in range(count):
            work = self._work(number)
            if number % 7 == 0:
                self._earlier.append(work)
            yield work

    def _work(self, number: int) -> dict[str, Any]:
        draw = self._draw
        topic = draw.choice(self._topics)
        sentences = [self._sentence(topic) for _ in range(draw.randint(4, 10))]
        title = self._title(topic)
        names = draw.choices(
            self._families, cum_weights=self._family_weights, k=1 + min(int(draw.expovariate(0.4)), 30)
        )
        authors = [{"family": name, "given": draw.choice(_GIVEN)} for name in names]
        if self._earlier and draw.random() < 0.03:
            earlier = draw.choice(self._earlier)
            title = self._following(earlier["title"])
            if draw.random() < 0.1:
                sentences[draw.randrange(1, len(sentences))] = draw.choice(earlier["abstract"].split(". ")).rstrip(".")
            authors = earlier["author"][:2] + authors
        if draw.random() < 0.2:
            sentences[-1] += draw.choice(
                (" at α = 0.5", " à la Poincaré", " for Gödel's β-function", " by Erdős–Rényi")
            )
        months, serial = divmod(number, 100_000)
        year, month = 15 + months // 12 % 35, months % 12 + 1
        work = {
            "type": "online",
            "title": title,
            "author": authors,
            "date": f"{draw.randint(1995, 2025)}-{draw.randint(1, 12):02}",
            "abstract": ". ".join(sentences) + ".",
            "eprint": f"{year:02}{month:02}.{serial:05}",
            "eprinttype": "arxiv",
        }
        if draw.random() < 0.4:
            work["doi"] = f"10.{draw.randint(1000, 9999)}/{draw.choice(topic)}.{number}"
            work["journaltitle"] = f"Journal of {draw.choice(topic).capitalize()}"
        return work

    def _sentence(self, topic: list[str]) -> str:
        draw = self._draw
        length = draw.randint(10, 28)
        words = draw.choices(self._words, cum_weights=self._weights, k=length)
        for place, word in zip(
            draw.sample(range(length), length // 3),
            draw.choices(topic, cum_weights=self._topic_weights, k=length // 3),
            strict=True,
        ):
            words[place] = word
        if draw.random() < 0.5:
            words.insert(0, draw.choice(_STOCK))
        if length > 18:
            words[9] += ","
        sentence = " ".join(words)
        return sentence[0].upper() + sentence[1:]

    def _title(self, topic: list[str]) -> str:
        def phrase() -> str:
            words = self._draw.choices(topic, cum_weights=self._topic_weights, k=self._draw.randint(2, 4))
            if self._draw.random() < 0.4:
                words += self._draw.choices(self._words, cum_weights=self._weights)
            return " ".join(words)

        pattern = self._draw.choice(_TITLES)
        if self._draw.random() > 0.003 and pattern == "{}":
            pattern = "{} {} {}"  # few titles are as short as two words
        title = pattern.format(*[phrase() for _ in range(pattern.count("{}"))])
        return title[0].upper() + title[1:]

    def _following(self, title: str) -> str:
        words = title.split()
        kind = self._draw.randrange(4)
        if kind == 0:
            return f"{title} II"
        if kind == 1:
            return f"{title}, revisited"
        if kind == 2:
            return f"{title} in {self._draw.randint(2, 9)} dimensions"
        words[self._draw.randrange(len(words))] = self._draw.choice(self._words)
        return " ".join(words)

    def _spelled(self, count: int) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < count:
            syllables = self._draw.choices(_SYLLABLES, k=2 + min(int(self._draw.expovariate(0.8)), 3))
            words["".join(syllables)] = None
        return list(words)


if __name__ == "__main__":
    for made in Maker().works(int(sys.argv[1])):
        print(json.dumps(made, ensure_ascii=False))
