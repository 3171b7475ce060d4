"""The settings of a user: a TOML file, and where a library and the catalogues are when nothing else is said."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bibman.errors import BibmanError, FileError, NotFoundError, UsageError
from bibman.model.nearest import nearest
from bibman.services.files import expanded

LIBRARY_NAME = "library.bibman"


class Setting(NamedTuple):
    """A setting: its name in the file, what it means, its default, and its check.

    `check` raises a BibmanError for a value that cannot be used. `variable` is what in the environment goes before the
    file. A switch is `true` or `false`; what is secret is never shown.
    """

    name: str
    meaning: str
    default: Callable[[], str]
    check: Callable[[str], None]
    variable: str = ""
    is_switch: bool = False
    is_secret: bool = False


IS_SET = "(set)"
"""What is shown in the place of a secret."""


def _check_library(value: str) -> None:
    if not value.strip():
        raise UsageError("the library's path is empty", "Give the path of a file")


def _check_pattern(value: str) -> None:
    from bibman.model.citekeys import check_pattern

    check_pattern(value)


def _check_dialect(value: str) -> None:
    if value not in ("bibtex", "biblatex"):
        raise UsageError(f"no such format: {value}", "It is `bibtex` or `biblatex`")


def _check_mail(value: str) -> None:
    if value and not re.fullmatch(r"[!-~]+@[!-~]+\.[!-~]+", value):
        raise UsageError(f"no mail address: {value}", "Write it as ada@example.org")


def _check_switch(value: str) -> None:
    if value not in ("true", "false"):
        raise UsageError(f"neither true nor false: {value}", "Write `true` or `false`")


def _check_key(value: str) -> None:
    # What is wrong with it must not be said by showing it.
    if not re.fullmatch(r"[!-~]*", value):
        raise UsageError("the key has blanks or letters that no key has", "Copy it whole, and nothing else")


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


def online_folder() -> Path:
    """The folder of what services answered, and of when they may be asked again."""
    from platformdirs import user_cache_path

    return user_cache_path("bibman") / "online"


def _default_pattern() -> str:
    from bibman.model.citekeys import DEFAULT_PATTERN

    return DEFAULT_PATTERN


def _key(name: str, service: str) -> Setting:
    variable = f"BIBMAN_{name.upper().replace('-', '_')}"
    return Setting(name, f"your key for {service}", lambda: "", _check_key, variable, is_secret=True)


def _default_library() -> str:
    return str(data_folder() / LIBRARY_NAME)


SETTINGS = {
    each.name: each
    for each in (
        Setting("library", "the library to use", _default_library, _check_library, "BIBMAN_LIBRARY"),
        Setting("key-pattern", "how keys are made, in JabRef's bracket syntax", _default_pattern, _check_pattern),
        Setting("export-format", "what export writes: bibtex or biblatex", lambda: "bibtex", _check_dialect),
        Setting("mail", "your address, which services that are asked are told", lambda: "", _check_mail),
        Setting(
            "offline",
            "whether no service is ever asked: true or false",
            lambda: "false",
            _check_switch,
            "BIBMAN_OFFLINE",
            is_switch=True,
        ),
        Setting(
            "online",
            "whether ingest asks services what no catalogue knows: true or false",
            lambda: "false",
            _check_switch,
            "BIBMAN_ONLINE",
            is_switch=True,
        ),
        _key("openalex-key", "OpenAlex"),
        _key("pubmed-key", "PubMed"),
        _key("semantic-scholar-key", "Semantic Scholar"),
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
        if SETTINGS[name].is_switch and isinstance(value, bool):
            found[name] = value = _switch(value)
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
    """Each setting with its value, and where that comes from: the environment, the file, or the default.

    Of a secret only whether it is set.
    """
    found = read_settings()
    current = {}
    for name, each in SETTINGS.items():
        said, origin = _of_environment(each), each.variable
        if not said:
            said, origin = (found[name], "file") if name in found else (each.default(), "default")
        current[name] = (_shown(each, said), origin)
    return current


def setting(name: str) -> str:
    """The value of a setting: of the environment, the file, or the default.

    Raises NotFoundError for one that does not exist.
    """
    _known(name)
    each = SETTINGS[name]
    return _of_environment(each) or read_settings().get(name) or each.default()


def _of_environment(each: Setting) -> str:
    """What the environment says a setting is; empty where it says nothing.

    Raises UsageError for what cannot be used.
    """
    value = os.environ.get(each.variable, "") if each.variable else ""
    if not value:
        return ""
    if each.is_switch:
        value = {"1": "true", "yes": "true", "0": "false", "no": "false"}.get(value.lower(), value.lower())
    try:
        each.check(value)
    except BibmanError as error:
        raise UsageError(f"{each.variable}: {error.message}", error.advice) from None
    return value


def _switch(value: bool) -> str:
    return "true" if value else "false"


def _shown(each: Setting, value: str) -> str:
    return IS_SET if each.is_secret and value else value


def change_setting(name: str, value: str | None) -> str:
    """Writes a setting into the file, or takes it out where `value` is None; what else stands there stays.

    Returns what the setting is then, of a secret only that it is set. A value in the file that cannot be used is no
    obstacle: it can be put right so.
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
        document[name] = value == "true" if SETTINGS[name].is_switch else value
    else:
        document.pop(name, None)
    from bibman.services.files import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [tomlkit.dumps(document).encode()])
    if SETTINGS[name].is_secret and value:
        path.chmod(0o600)
    return SETTINGS[name].default() if value is None else _shown(SETTINGS[name], value)


def library_path(given: Path | None) -> Path:
    """The library to use: the one that is given, else BIBMAN_LIBRARY's, else the settings', else the default one."""
    if given is not None:
        return expanded(given)
    return expanded(setting("library"))


def _known(name: str) -> None:
    if name not in SETTINGS:
        raise NotFoundError.of("setting", [name], nearest(name, list(SETTINGS)) or list(SETTINGS))
