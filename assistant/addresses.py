"""Addresses that an operator writes down: sites that may show the page, proxies in front of it."""

import ipaddress
import re
from collections.abc import Iterable

# It becomes part of a header: nothing but a scheme, a host and a port may stand in it.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")


def origin(text: str) -> str:
    """Return `text` as the origin of a site (`https://www.example.org`). Raises `ValueError` for anything else."""
    named = text.strip().rstrip("/")
    if not _ORIGIN.fullmatch(named):
        raise ValueError(f"{text!r} is no site such as https://www.example.org")
    return named


def origins(texts: Iterable[str]) -> tuple[str, ...]:
    """Return several, each once, in their order."""
    return tuple(dict.fromkeys(map(origin, texts)))


def proxy(text: str) -> str:
    """Return `text` as an address or a network of addresses. Raises `ValueError` for anything else."""
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no address such as 10.0.0.1 and no network such as 10.0.0.0/24") from None
    return str(network) if network.num_addresses > 1 else str(network.network_address)
