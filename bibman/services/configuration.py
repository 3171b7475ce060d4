"""The settings of a user: a TOML file, and where a library and the catalogues are when nothing else is said."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bibman.errors import BibmanError, FileError, NotFoundError, UsageError
from bibman.model.nearest import nearest
from bibman.services.files import expanded

LIBRARY_VARIABLE = "BIBMAN_LIBRARY"
LIBRARY_NAME = "library.bibman"


class Setting(NamedTuple):
    """A setting: its name in the file, what it means, its default, and its check.

    `check` raises a BibmanError for a value that cannot be used.
    """

    name: str
    meaning: str
    default: Callable[[], str]
    check: Callable[[str], None]


def _check_library(value: str) -> None:
    if not value.strip():
        raise UsageError("the library's path is empty", "Give the path of a file")


def _check_pattern(value: str) -> None:
    from bibman.model.citekeys import check_pattern

    check_pattern(value)


def _check_dialect(value: str) -> None:
    if value not in ("bibtex", "biblatex"):
        raise UsageError(f"no such format: {value}", "It is `bibtex` or `biblatex`")


def config_file() -> Path:
    """The file of the settings, whether it is there or not."""
    from platformdirs import user_config_path

    return user_config_path("bibman") / "config.toml"


def data_folder() -> Path:
    """The folder of the user's data: the library, unless another is named, and the catalogues."""
    from platformdirs import user_data_path

    return user_data_path("bibman")


def catalogue_folder() -> Path:
    """The folder of the catalogues."""
    return data_folder() / "catalogues"


def _default_pattern() -> str:
    from bibman.model.citekeys import DEFAULT_PATTERN

    return DEFAULT_PATTERN


SETTINGS = {
    each.name: each
    for each in (
        Setting("library", "the library to use", lambda: str(data_folder() / LIBRARY_NAME), _check_library),
        Setting("key-pattern", "how keys are made, in JabRef's bracket syntax", _default_pattern, _check_pattern),
        Setting("export-format", "what export writes: bibtex or biblatex", lambda: "bibtex", _check_dialect),
    )
}


def read_settings() -> dict[str, str]:
    """The settings in the file, checked; nothing where there is no file.

    Raises FileError where the file cannot be read, or holds a setting that does not exist or cannot be used.
    """
    path = config_file()
    found = _parsed(path)
    for name, value in found.items():
        if name not in SETTINGS:
            raise FileError(f"{path}: no such setting: {name}", f"There are {', '.join(SETTINGS)}")
        if not isinstance(value, str):
            raise FileError(f"{path}: {name} is not a text", f'Write it in quotes: {name} = "…"')
        try:
            SETTINGS[name].check(value)
        except BibmanError as error:
            raise FileError(f"{path}: {name}: {error.message}", error.advice) from None
    return found


def _parsed(path: Path) -> dict[str, Any]:
    """What stands in the file, unchecked; nothing where there is no file. Raises FileError for what is not TOML."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileError(f"{path} is not TOML: {error}", "Correct it, or remove it to have the defaults") from None


def current_settings() -> dict[str, tuple[str, str]]:
    """Each setting with its value, and where that comes from: the environment, the file, or the default."""
    found = read_settings()
    current = {
        name: (found[name], "file") if name in found else (each.default(), "default") for name, each in SETTINGS.items()
    }
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        current["library"] = (named, LIBRARY_VARIABLE)
    return current


def setting(name: str) -> str:
    """The value of a setting: of the file, or the default. Raises NotFoundError for one that does not exist."""
    _known(name)
    return read_settings().get(name) or SETTINGS[name].default()


def change_setting(name: str, value: str | None) -> str:
    """Writes a setting into the file, or takes it out where `value` is None; what else stands there stays.

    Returns what the setting is then. A value in the file that cannot be used is no obstacle: it can be put right so.
    Raises NotFoundError for a setting that does not exist, and what its check raises for the value.
    """
    import tomlkit

    _known(name)
    if value is not None:
        SETTINGS[name].check(value)
        if name == "library":
            value = str(expanded(value).absolute())
    path = config_file()
    _parsed(path)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    if value is not None:
        document[name] = value
    else:
        document.pop(name, None)
    from bibman.services.files import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [tomlkit.dumps(document).encode()])
    return SETTINGS[name].default() if value is None else value


def library_path(given: Path | None) -> Path:
    """The library to use: the one that is given, else BIBMAN_LIBRARY's, else the settings', else the default one."""
    if given is not None:
        return expanded(given)
    named = os.environ.get(LIBRARY_VARIABLE)
    return expanded(named or setting("library"))


def _known(name: str) -> None:
    if name not in SETTINGS:
        raise NotFoundError.of("setting", [name], nearest(name, list(SETTINGS)) or list(SETTINGS))
