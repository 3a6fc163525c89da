"""The reports of a build: test cases of JUnit's XML, and a summary of Cobertura's coverage. Pure.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, 'reports'
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_TestCase.html
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CodeCoverageReportSummary.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree

_DEFAULT: Final = "JUNITXML"
_STATES: Final = {"failure": "FAILED", "error": "ERROR", "skipped": "SKIPPED"}
_SECOND: Final = 1_000_000_000
_LONGEST_MESSAGE: Final = 15_000


class ReportError(Exception):
    """A report that CodeBuild cannot read, or whose format no rehearsal reads."""


def read(format_: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return a report's `cases`, or its `summary` of coverage, from its files by name.

    Raises:
        ReportError: a file is not of the format, or the format is not read here.

    """
    name = (format_ or _DEFAULT).upper()
    reads = _FORMATS.get(name)
    if reads is None:
        raise ReportError(f"a rehearsal does not read the format {name}")
    roots = {}
    for path, body in files.items():
        try:
            roots[path] = ElementTree.fromstring(body)  # noqa: S314 - expat limits expansion
        except ElementTree.ParseError as error:
            raise ReportError(f"{path} is not XML: {error}") from None
    return reads(roots)


def _tests(roots: Mapping[str, ElementTree.Element]) -> dict[str, Any]:
    return {"cases": [case for path, root in roots.items() for case in _cases(path, root)]}


def _cases(path: str, root: ElementTree.Element) -> Iterator[dict[str, Any]]:
    # A file has one suite, or several below `testsuites`.
    for suite in root.iter("testsuite"):
        for case in suite.findall("testcase"):
            found = next((each for each in case if each.tag in _STATES), None)
            said = "" if found is None else f"{found.get('message', '')}\n{found.text or ''}"
            yield {
                "testRawDataPath": path,
                "prefix": case.get("classname") or suite.get("name") or "",
                "testSuiteName": suite.get("name") or "",
                "name": case.get("name") or "",
                "status": "SUCCEEDED" if found is None else _STATES[found.tag],
                "durationInNanoSeconds": int(_number(case.get("time")) * _SECOND),
                "message": said.strip()[:_LONGEST_MESSAGE],
            }


def _coverage(roots: Mapping[str, ElementTree.Element]) -> dict[str, Any]:
    totals = dict.fromkeys(
        ("lines-valid", "lines-covered", "branches-valid", "branches-covered"), 0
    )
    for root in roots.values():
        for name in totals:
            totals[name] += int(_number(root.get(name)))
    summary: dict[str, float] = {}
    for part in ("lines", "branches"):
        valid, covered = totals[f"{part}-valid"], totals[f"{part}-covered"]
        one = "line" if part == "lines" else "branch"
        summary[f"{one}CoveragePercentage"] = round(100 * covered / valid, 2) if valid else 0.0
        summary[f"{part}Covered"], summary[f"{part}Missed"] = covered, valid - covered
    return {"summary": summary}


def _number(text: str | None) -> float:
    """Return the number of an attribute; 0 for one that is missing or is none."""
    try:
        return float((text or "0").replace(",", ""))
    except ValueError:
        return 0.0


_FORMATS: Final = {"COBERTURAXML": _coverage, "JUNITXML": _tests}
