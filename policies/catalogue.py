"""The table of rules in the documentation, written from the registry.

`python -m policies.catalogue docs/policies.md` rewrites the text between the page's two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from landfall import pages
from policies.pack import load
from policies.rules import Rule, all_rules

BEGIN = "<!-- rules: python -m policies.catalogue docs/policies.md -->"
END = "<!-- end of rules -->"
_HEAD = ("id", "what is demanded", "severity", "level", "decided by", "controls")


def table() -> str:
    """Return the rules as a Markdown table."""
    load()
    rows = (_row(rule) for rule in all_rules())
    return pages.table(_HEAD, rows)


def _row(rule: Rule) -> tuple[str, ...]:
    return (
        rule.id,
        rule.title,
        str(rule.severity),
        rule.level,
        {"resource": "the resource", "stack": "the stack"}[rule.scope],
        "; ".join(_controls(rule)),
    )


def _controls(rule: Rule) -> list[str]:
    frameworks = (
        ("FSBP", rule.controls.fsbp),
        ("CIS 3.0", rule.controls.cis3),
        ("CIS 5.0", rule.controls.cis5),
        ("NIST", rule.controls.nist),
    )
    return [f"{framework} {', '.join(ids)}" for framework, ids in frameworks if ids]


def renewed(page: str) -> str:
    """Return the page with a new table between its marks.

    Raises:
        ValueError: the page lacks a mark.

    """
    return pages.renewed(page, BEGIN, END, f"\n{table()}\n")


def main(arguments: list[str]) -> int:
    """Rewrite the named page; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m policies.catalogue PAGE", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {path}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
