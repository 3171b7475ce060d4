"""Who asks the services of the world outside for a user, as the settings have it."""

from bibman.providers.http import Client
from bibman.providers.service import Access
from bibman.services.configuration import online_folder, setting

__all__ = ["Client", "client"]

# The services that give keys, and the settings that hold them.
_KEYS = {"OpenAlex": "openalex-key", "PubMed": "pubmed-key", "Semantic Scholar": "semantic-scholar-key"}


def client(*, offline: bool = False) -> Client:
    """A client with the user's address and keys, which shares pace and memory with all others; use it in a `with`.

    It asks nobody where `offline`, or where the settings or the environment want it so. Raises what the settings raise.
    """
    keys = {service: key for service, name in _KEYS.items() if (key := setting(name))}
    offline = offline or setting("offline") == "true"
    return Client(online_folder(), Access(setting("mail"), keys), offline=offline)
