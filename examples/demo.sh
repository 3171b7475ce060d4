# Shows bibman at work: from fourteen cut-off abstracts to a bibliography that LaTeX prints. Run by `make demo`, in
# the folder of the checkout; all that it writes goes to the folder demo/, which is made anew.
set -eu

rm -rf demo
mkdir demo
# The reader's own library, settings and catalogues stay as they are.
for kind in CONFIG DATA CACHE STATE; do
    export "XDG_${kind}_HOME=$PWD/demo/home/$kind"
done

bibman() {
    printf '\n$ bibman'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9./,:-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    .venv/bin/bibman --library demo/demo.bibman "$@"
}

echo 'The library is the file demo/demo.bibman: --library demo/demo.bibman, which is left out below.'
echo 'Fourteen abstracts, each cut off after two hundred letters, go in; each is found in the catalogue:'
bibman ingest seeds/arxiv-papers.txt

echo
echo 'Tags and notes are kept beside the papers:'
bibman tag add rlhf christiano2017deep stiennon2020learning bai2022training bai2022constitutional
bibman tag add interpretability,to-read elhage2022toy olsson2022context
bibman note add christiano2017deep 'Where learning a reward from comparisons began. **Read the appendix.**'
bibman list
bibman list tag:rlhf
bibman search reward
bibman show christiano2017deep

echo
echo 'Out comes a bibliography for LaTeX:'
bibman export -o demo/library.bib

if ! { command -v pdflatex && command -v bibtex; } >/dev/null; then
    echo
    echo 'No paper was printed: pdflatex and bibtex are not installed. The bibliography is demo/library.bib.'
    exit 0
fi

compile() {
    (cd demo && "$@" >paper.out 2>&1) || {
        cat demo/paper.out
        echo "$1 failed" >&2
        exit 1
    }
}
cp examples/paper.tex demo/paper.tex
compile pdflatex -interaction=nonstopmode -halt-on-error paper
compile bibtex paper
compile pdflatex -interaction=nonstopmode -halt-on-error paper
compile pdflatex -interaction=nonstopmode -halt-on-error paper
echo
echo 'The bibliography is demo/library.bib; a paper that cites all fourteen is demo/paper.pdf.'
