"""What axe-core finds wrong with a page as it stands, one line for each element."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """Return what is serious or critical: rule, element, and what to mend. Nothing on the page may be moving."""
    found = Axe().run(page).response["violations"]
    return [_line(rule, node) for rule in found if rule["impact"] in _GRAVE for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['id']}: {node['target']} {node['failureSummary']!r}"
