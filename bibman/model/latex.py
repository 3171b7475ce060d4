r"""LaTeX text ↔ Unicode: the one door to the text of BibTeX fields.

Three kinds of text meet here. *BibTeX text* is what a field holds (`{\'E}cole \& more`). *Unicode text* is what people
read and search (`École & more`). *Plain text* is Unicode that never was LaTeX, such as a catalogue's.

- `decode`: BibTeX text → Unicode text.
- `encode`: BibTeX text → the same in ASCII, for pdflatex; `compose`: back, as far as letters go.
- `escape`: plain text → BibTeX text; `protect` then braces the capitals of a title.
- `imbalance`: where the braces of BibTeX text go wrong.
"""

from bibman.model.braces import imbalance, protect
from bibman.model.latex_compose import compose
from bibman.model.latex_decode import decode
from bibman.model.latex_encode import encode, escape

__all__ = ["compose", "decode", "encode", "escape", "imbalance", "protect"]
