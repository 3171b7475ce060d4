"""A world of works that services know, richer than the answers that test each service: for whole commands.

No service knows all of them, most rank other works first, and a search always finds something.
"""

from pathlib import Path

from tests.providers.server import Parts

GOLDEN = Path(__file__).parent / "golden_online"
ANSWERS = GOLDEN / "answers"
SCRAPS = (GOLDEN / "scraps.txt").read_text(encoding="utf-8").splitlines()

WORLD: Parts = (
    ("export.arxiv.org", "id_list", "arxiv-ids.xml"),
    ("export.arxiv.org", 'ti:"auto encoding variational bayes"', "arxiv-vae.xml"),
    ("export.arxiv.org", 'abs:"we propose a new framework', "arxiv-gan.xml"),
    ("export.arxiv.org", "", "arxiv-nothing.xml"),
    ("api.crossref.org", "/works/10.1145/359340.359342", "crossref-rsa.json"),
    ("api.crossref.org", "/works/10.1038/nature14539", "crossref-deep-learning.json"),
    ("api.crossref.org", "/works/10.1103/physrevlett.116.061102", "crossref-waves.json"),
    ("api.crossref.org", "/works/10.1145/3292500.3330701", "crossref-optuna.json"),
    ("api.crossref.org", "/works/10.1007/bf00994018", "crossref-svm.json"),
    ("api.crossref.org", "/works/10.1111/j.2517-6161.1996.tb02080.x", "crossref-lasso.json"),
    ("api.crossref.org", "/works/10.18653/v1/2020.acl-main.747", "crossref-anthology.json"),
    ("api.crossref.org", "/works/10.1371/journal.pmed.0020124", "crossref-ioannidis.json"),
    ("api.crossref.org", "/works/10.1109/cvpr.2016.90", "crossref-resnet.json"),
    ("api.crossref.org", "/works/10.1038/nature16961", "crossref-go.json"),
    ("api.crossref.org", "/works/10.1007/978-3-319-24574-4_28", "crossref-u-net.json"),
    ("api.crossref.org", "/works/10.1145/3380787.3393681", "crossref-paxos.json"),
    ("api.crossref.org", "filter=isbn:9780511804441", "crossref-isbn.json"),
    ("api.crossref.org", "gradient based learning applied", "crossref-search-lecun.json"),
    ("api.crossref.org", "long short term memory", "crossref-search-lstm.json"),
    ("api.crossref.org", "back propagating errors", "crossref-search-back.json"),
    ("api.crossref.org", "query.bibliographic", "crossref-search-nothing.json"),
    ("api.datacite.org", "/dois/10.5281/zenodo.3509134", "datacite-pandas.json"),
    ("api.datacite.org", "penguins", "datacite-search-penguins.json"),
    ("api.datacite.org", "titles.title", "datacite-search-nothing.json"),
    ("doi.org", "/10.2760/115376", "doi-org-digcomp.json"),
    ("api.openalex.org", "/works/pmcid:pmc1182327", "openalex-ioannidis.json"),
    ("api.openalex.org", "features from tiny images", "openalex-search-tiny.json"),
    ("api.openalex.org", "deep residual learning", "openalex-search-resnet.json"),
    ("api.openalex.org", "computer go that uses", "openalex-search-go.json"),
    ("api.openalex.org", "search", "openalex-search-nothing.json"),
    ("api.semanticscholar.org", "unsupervised multitask learners", "semantic-scholar-gpt2.json"),
    ("api.semanticscholar.org", "distilling the knowledge", "semantic-scholar-distill.json"),
    ("api.semanticscholar.org", "/search/match", "semantic-scholar-wrong.json"),
    ("dblp.org", "understandable consensus", "dblp-raft.json"),
    ("dblp.org", "paxos vs raft", "dblp-raft.json"),
    ("dblp.org", "/search/publ/api", "dblp-nothing.json"),
    ("eutils.ncbi.nlm.nih.gov", "basic[ti] and local[ti]", "pubmed-search-blast.json"),
    ("eutils.ncbi.nlm.nih.gov", "esearch", "pubmed-search-nothing.json"),
    ("eutils.ncbi.nlm.nih.gov", "id=11111112,2231712", "pubmed-blast.xml"),
    ("eutils.ncbi.nlm.nih.gov", "id=2231712", "pubmed-blast.xml"),
    ("eutils.ncbi.nlm.nih.gov", "efetch", "pubmed-ids.xml"),
    ("openlibrary.org", "isbn:9780131103627", "open-library-c.json"),
    ("openlibrary.org", "isbn:9780201896831", "open-library-knuth.json"),
    ("openlibrary.org", "structure and interpretation", "open-library-sicp.json"),
    ("openlibrary.org", "/search.json", "open-library-nothing.json"),
    ("openlibrary.org", "/api/books", "open-library-unknown.json"),
)
