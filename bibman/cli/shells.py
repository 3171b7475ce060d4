"""How bash, zsh and fish ask what may stand at the cursor, and are told.

typer's own scripts let the shell part the line into words, and so fail wherever a word has a `:`, `@`, `=`, blank or
quote in it, as queries, keys and tags do. Here each shell hands over the line as it is, up to the cursor, and is told
in the first line what follows: `words`, or `open` ones that no blank is to follow, or `files`, which the shell looks up
by itself.
"""

import os
from typing import Any, Final

from typer import _completion_shared
from typer._click.core import Parameter
from typer._click.shell_completion import (
    CompletionItem,
    ShellComplete,
    _resolve_context,
    _resolve_incomplete,
    add_completion_class,
)
from typer.models import TyperPath

from bibman.cli.shell_words import Unfinished, common_length, in_step, split

BASH: Final = r"""
%(complete_func)s() {
    mapfile -t COMPREPLY < <( COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" \
                              %(autocomplete_var)s=complete_bash "$1" 2>/dev/null )
    case "${COMPREPLY[0]}" in
        files) compopt -o default ;;
        open) compopt -o nospace ;;
    esac
    COMPREPLY=( "${COMPREPLY[@]:1}" )
}

complete -F %(complete_func)s %(prog_name)s
"""

ZSH: Final = r"""
#compdef %(prog_name)s

%(complete_func)s() {
    local current="${words[CURRENT]}"
    [[ -n $SUFFIX ]] && current="${current%%"$SUFFIX"}"
    local -a answer
    answer=( "${(@f)$( COMP_LINE="${(j: :)words[1,CURRENT-1]} $current" COMP_KEPT="$QIPREFIX" \
                       %(autocomplete_var)s=complete_zsh "${words[1]}" 2>/dev/null )}" )
    if [[ $answer[1] == files ]]; then
        compset -P '--*='
        _files
        return
    fi
    local each
    local -a parts found shown blank
    [[ $answer[1] == open ]] && blank=( -S '' )
    for each in "${(@)answer[2,-1]}"; do
        parts=( "${(@ps:\t:)each}" )
        found+=( "$parts[1]" )
        shown+=( "$parts[2]" )
    done
    (( $#found )) && compadd -Q -U "${(@)blank}" -l -d shown -a found
}

if [[ $zsh_eval_context[-1] == (loadautofunc|shfunc) ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

FISH: Final = r"""
function %(complete_func)s
    set -lx COMP_LINE (commandline --cut-at-cursor --current-process)
    set -l answer (%(autocomplete_var)s=complete_fish %(prog_name)s 2>/dev/null)
    if test "$answer[1]" = files
        set -l word (commandline --cut-at-cursor --current-token)
        set -l option (string match --regex -- '^--[^=]*=' $word)
        for path in (__fish_complete_path (string replace --regex -- '^--[^=]*=' '' $word))
            printf '%%s\n' "$option$path"
        end
    else
        printf '%%s\n' $answer[2..-1]
    end
end

complete --command %(prog_name)s --no-files --arguments "(%(complete_func)s)"
"""

OPEN: Final = ":"
"""After this no blank is to follow: a field waits for what is looked for in it."""

_FILES: Final = ("FILE", "BACKUP", "FOLDER")
"""What stands for a file in the usage of a command."""


def teach() -> None:
    """Lets typer install, show and answer these scripts in place of its own."""
    for shell, script in (("bash", BASH), ("zsh", ZSH), ("fish", FISH)):
        _completion_shared._completion_scripts[shell] = script  # noqa: SLF001 - typer has no public way
    for answerer in (_Bash, _Zsh, _Fish):
        add_completion_class(answerer, answerer.name)


class _Shell(ShellComplete):
    """What all shells have in common."""

    def source_vars(self) -> dict[str, Any]:
        """What the script must know."""
        return {"complete_func": self.func_name, "autocomplete_var": self.complete_var, "prog_name": self.prog_name}

    def get_completion_args(self) -> tuple[list[str], str]:
        """The finished words after the command, and the unfinished one."""
        words, word = self.line()
        return words[1:], word.value

    def line(self) -> tuple[list[str], Unfinished]:
        """The words of the line."""
        return split(os.environ.get("COMP_LINE", ""))

    def complete(self) -> str:
        """All that the shell is told."""
        words, word = self.line()
        parameter, typed, items = self._found(words[1:], word)
        if not items and isinstance(parameter, Parameter) and _takes_file(parameter):
            return "files"
        # An option stands before its value where they are one word, and stays.
        before = word.value[: len(word.value) - len(typed)] if word.value.endswith(typed) else ""
        items = [item for item in items if not any(char < " " or char == "\x7f" for char in item.value)]
        helps = {before + item.value: item.help or "" for item in items}
        values = in_step(list(helps), word.value)
        answers = [self.answer(word, value, helps.get(value, "")) for value in values]
        is_open = bool(values) and all(value.endswith(OPEN) for value in values)
        return "\n".join(["open" if is_open else "words", *(each for each in answers if each is not None)])

    def _found(self, words: list[str], word: Unfinished) -> tuple[object, str, list[CompletionItem]]:
        context = _resolve_context(self.cli, self.ctx_args, self.prog_name, words)
        parameter, typed = _resolve_incomplete(context, words, word.value)
        if word.phrase is not None and (items := parameter.shell_complete(context, word.phrase)):
            return parameter, typed, items
        return parameter, typed, parameter.shell_complete(context, typed)

    def format_completion(self, item: CompletionItem) -> str:
        """What is offered, as it is."""
        return str(item.value)

    def answer(self, word: Unfinished, value: str, help_: str) -> str | None:
        """One line for one `value` that the word may have; None where it cannot be said."""
        raise NotImplementedError


class _Bash(_Shell):
    name = "bash"
    source_template = BASH

    def answer(self, word: Unfinished, value: str, help_: str) -> str | None:  # noqa: ARG002 - bash shows no help
        """What follows the last character that parts words for bash."""
        replaced = os.environ.get("COMP_WORD", "")
        completed = word.completed(value, len(word.raw.removesuffix(replaced)))
        if completed is None:
            return None
        written, quote = completed
        if quote and value.endswith(OPEN):
            # Bash would close the quote after the only thing that it is offered.
            return f"{written}\n{written}*"
        # It closes it, unless what is written ends like one.
        return written + quote if quote and written.endswith(quote) else written


class _Zsh(_Shell):
    name = "zsh"
    source_template = ZSH

    def answer(self, word: Unfinished, value: str, help_: str) -> str | None:
        """What is inserted and, after a tab, what is shown."""
        kept = len(os.environ.get("COMP_KEPT", ""))
        completed = word.completed(value, kept)
        if completed is None:
            return None
        written, quote = completed
        # Zsh closes the quote where the word begins with it.
        inserted = written + quote if not kept and not value.endswith(OPEN) else written
        return f"{inserted}\t{value}  -- {help_.splitlines()[0]}" if help_ else f"{inserted}\t{value}"


class _Fish(_Shell):
    name = "fish"
    source_template = FISH

    def line(self) -> tuple[list[str], Unfinished]:
        """The words of the line."""
        return split(os.environ.get("COMP_LINE", ""), is_fish=True)

    def answer(self, word: Unfinished, value: str, help_: str) -> str | None:
        """The value and, after a tab, its help; fish puts it into quotes by itself.

        Fish offers only what has all characters of what was typed, in that order.
        """
        same = common_length([word.value, value])
        typed, rest = word.value[same:], value[same:]
        if rest[1:].lower().startswith(typed.lower()):
            value = f"{value[: same + 1]}{typed}{rest[1 + len(typed) :]}"
        return f"{value}\t{help_.splitlines()[0]}" if help_ else value


def _takes_file(parameter: Parameter) -> bool:
    metavar = (getattr(parameter, "metavar", None) or "").strip("[].")
    return metavar in _FILES or isinstance(parameter.type, TyperPath)
