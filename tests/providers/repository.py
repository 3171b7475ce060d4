"""arXiv's records as OAI-PMH 2.0 lists them: by sets and days, page by page, with tokens that become too old."""

from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

TODAY: Final = "2024-03-05"
OAI_ERRORS: Final = ("badArgument", "badResumptionToken", "noRecordsMatch", "badVerb")
EMPTY_LIST: Final = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords></ListRecords></OAI-PMH>'
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseDate>{day}T06:07:08Z</responseDate>'
    '<request verb="ListRecords">https://oaipmh.arxiv.org/oai</request>'
)


@dataclass(frozen=True)
class Record:
    """A preprint, as it was on the day when it last changed."""

    number: str
    changed: str
    sets: tuple[str, ...]
    title: str
    is_deleted: bool = False

    @property
    def xml(self) -> str:
        """The record in the format `arXiv`."""
        status = ' status="deleted"' if self.is_deleted else ""
        sets = "".join(f"<setSpec>{each}</setSpec>" for each in self.sets)
        header = (
            f"<header{status}><identifier>oai:arXiv.org:{self.number}</identifier>"
            f"<datestamp>{self.changed}</datestamp>{sets}</header>"
        )
        if self.is_deleted:
            return f"<record>{header}</record>"
        return (
            f'<record>{header}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{self.number}</id>'
            "<created>2023-02-01</created><updated>2024-01-02</updated><authors><author><keyname>van Enk</keyname>"
            "<forenames>S. J.</forenames></author><author><keyname>Balázs</keyname><forenames>C.</forenames>"
            f"<suffix>Jr.</suffix></author></authors><title>{escape(self.title)}</title>"
            "<categories>cs.CL math.CO</categories><comments>9 pages</comments><doi>10.1000/"
            f"{self.number}</doi><journal-ref>J. Keys 3 (2024) 1</journal-ref><abstract>  Of {self.number} it is\n"
            "shown that $\\alpha$ cats sleep on warm keyboards.\n</abstract></arXiv></metadata></record>"
        )


def _records() -> list[Record]:
    days = ["2024-01-10", "2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01", "2024-03-05"]
    found = []
    for number in range(24):
        sets = (("cs",), ("math",), ("cs", "math"))[number % 3]
        found.append(Record(f"2302.{number:05}", days[number % 6], sets, f"Work {number} & more"))
    return [
        *found,
        Record("hep-th/9901001", "2024-02-10", ("cs",), "Old"),
        Record("2302.90000", "2023-12-31", ("cs",), "X"),
    ]


@dataclass
class Repository:
    """What is asked is answered, `size` records a page; tokens of an `age` before the present one are too old."""

    records: list[Record] = field(default_factory=_records)
    size: int = 3
    age: int = 0
    day: str = TODAY

    def change(self, number: str, **values: Any) -> None:
        """Changes a record."""
        self.records = [replace(each, **values) if each.number == number else each for each in self.records]

    def answer(self, target: str) -> bytes:
        """What is answered to a request."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if asked.pop("verb", "") != "ListRecords":
            return error_of("badVerb")
        if token := asked.get("resumptionToken"):
            age, start, name, since, until = token.split("|")
            if len(asked) != 1 or int(age) != self.age:
                return error_of("badResumptionToken")
        else:
            if asked.get("metadataPrefix") != "arXiv":
                return error_of("badArgument")
            start, name, since, until = "0", asked["set"], asked["from"], asked.get("until", "9999")
        if name == "bad":
            return error_of("badArgument")
        all_ = [each for each in self.records if name in each.sets and since <= each.changed <= until]
        first = int(start)
        page = all_[first : first + self.size]
        if not page:
            return error_of("noRecordsMatch", self.day)
        tail = ""
        if len(all_) > self.size:
            is_last = first + self.size >= len(all_)
            next_ = "" if is_last else f"{self.age}|{first + self.size}|{name}|{since}|{until}"
            tail = f'<resumptionToken cursor="{first}" completeListSize="{len(all_)}">{next_}</resumptionToken>'
        listed = "".join(each.xml for each in page)
        return f"{_HEAD.format(day=self.day)}<ListRecords>{listed}{tail}</ListRecords></OAI-PMH>".encode()


def error_of(code: str, day: str = TODAY) -> bytes:
    """An error of OAI-PMH."""
    return f'{_HEAD.format(day=day)}<error code="{code}">So says {code}</error></OAI-PMH>'.encode()
