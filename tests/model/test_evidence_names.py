"""Whether the names of an entry may be those of a known work."""

import pytest

from bibman.model.evidence_names import byline_of, compare_bylines
from bibman.model.names import Name, parse_names
from bibman.model.people import Agreement

LISTS = [
    # what an entry says, what is known, whether that contradicts it
    ("Kaiming He and Xiangyu Zhang", "He, Kaiming and Zhang, Xiangyu", False),
    ("He, K. and Zhang, X.", "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing", False),
    ("He and others", "He, Kaiming and Zhang, Xiangyu", False),
    ("Zhang, Xiangyu and He, Kaiming", "He, Kaiming and Zhang, Xiangyu", False),
    ("Kaiming He, Xiangyu Zhang", "He, Kaiming and Zhang, Xiangyu", False),
    ("Vaswani et al.", "Vaswani, Ashish and Shazeer, Noam", False),
    ("LeCun, Yann", "Le Cun, Yann", False),
    ("van der Berg, Jan", "Berg, Jan", False),
    ("Tschebyscheff, Pafnuti", "Chebyshev, Pafnuty", False),
    ("Iurii Ershov", "Yershov, Yuri", False),
    ("Bob Metcalfe and Liz Taylor", "Metcalfe, Robert and Taylor, Elizabeth", False),
    ("Edgar Hoover", "Hoover, John Edgar", False),
    ("{NASA}", "Smith, John and Doe, Jane", False),
    ("NASA", "Smith, John and Doe, Jane", False),
    ("OpenAI", "Achiam, Josh and Adler, Steven", False),
    ("{ATLAS Collaboration}", "{The ATLAS Experiment}", False),
    ("Anonymous", "He, Kaiming", False),
    ("", "He, Kaiming", False),
    ("何, 恺明", "He, Kaiming", False),
    ("Aad, G. and {ATLAS Collaboration}", "Aad, Georges and Abbott, Brad", False),
    ("He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing", "He, Kaiming", False),
    ("Smith, John", "He, Kaiming", True),
    ("Smith, John", "Smith, Alice", True),
    ("McDonald", "He, Kaiming", True),
    ("He, Kaiming and Smith, John", "He, Kaiming and Zhang, Xiangyu", True),
    ("He, Kaiming and Smith, John and Doe, Jane", "He, Kaiming and Zhang, Xiangyu", True),
    ("John Smith, Jane Doe", "He, Kaiming and Zhang, Xiangyu", True),
    ("Schmidhuber et al.", "Vaswani, Ashish and Shazeer, Noam", True),
    ("{CMS Collaboration}", "{ATLAS Collaboration}", True),
]


@pytest.mark.parametrize(("said", "known", "contradicts"), LISTS)
def test_what_happens_to_right_names_is_no_contradiction(said: str, known: str, *, contradicts: bool) -> None:
    found = compare_bylines(byline_of({"author": parse_names(said)}), byline_of({"author": parse_names(known)}))
    assert (found is Agreement.NONE) == contradicts


def test_editors_may_be_called_authors_but_not_the_other_people() -> None:
    one, other = Name("Editrix", "Edda"), Name("Plank", "Paul")
    book = byline_of({"editor": (one,)})
    assert compare_bylines(byline_of({"author": (one,)}), book) is Agreement.SAME
    assert compare_bylines(byline_of({"author": (other,)}), book) is Agreement.NONE
    assert compare_bylines(byline_of({"author": (other,), "editor": (one,)}), book) is Agreement.SAME
    assert compare_bylines(byline_of({}), book) is Agreement.UNKNOWN
