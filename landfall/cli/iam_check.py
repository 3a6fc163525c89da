"""`landfall iam check`: find risks in policies, without AWS and without credentials."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from landfall.problems import ProblemsError, refuse

if TYPE_CHECKING:
    from landfall.iam.documents import Kind
    from landfall.iam.effective_access.identities import Labelled
    from landfall.iam.policy_checks import Report, Subject


class Format(StrEnum):
    """Output format of the findings."""

    JSON = "json"
    TEXT = "text"
    SARIF = "sarif"


class Gravity(StrEnum):
    """The severities, highest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"


_SEVERAL = ("--identity", "--boundary", "--scp")


class _Command(TyperCommand):
    """Accept several files after one option: `--identity a.json b.json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _repeated(args))


def _repeated(args: list[str]) -> list[str]:
    """Repeat an option that takes several files before each file."""
    written: list[str] = []
    option = ""
    for place, text in enumerate(args):
        if text == "--":
            return [*written, *args[place:]]
        if text.startswith("--"):
            option = text if text in _SEVERAL else ""
        elif option and written[-1] != option:
            written.append(option)
        written.append(text)
    return written


app = typer.Typer(add_completion=False)


@app.command(cls=_Command)
def check(
    identity: Annotated[
        list[Path] | None, typer.Option(help="All identity policies of one user or role.")
    ] = None,
    boundary: Annotated[list[Path] | None, typer.Option(help="Its permissions boundary.")] = None,
    scp: Annotated[
        list[Path] | None,
        typer.Option(
            help="SCPs that apply to it, the root's first; each with an Allow is one level."
        ),
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="The role's trust policy.")] = None,
    resource_policy: Annotated[
        Path | None, typer.Option(help="A resource's own policy (needs --resource-type).")
    ] = None,
    resource_type: Annotated[
        str, typer.Option(help="The resource's type: s3, AWS::S3::Bucket, aws:s3/bucket:Bucket.")
    ] = "",
    principal: Annotated[
        str, typer.Option(help="ARN of the user or role, if known; it also gives the account.")
    ] = "",
    batch: Annotated[
        Path | None,
        typer.Option(help="A JSON object of names and documents; checks each alone."),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
    fail_on: Annotated[
        Gravity | None,
        typer.Option(help="Exit with status 1 for findings this severe or worse."),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="Show the statement that allows each action.")
    ] = False,
) -> None:
    """Find privilege escalation, exposure, broad trust and ineffective limits.

    Checks the identity's policies together, limited by its boundary and its SCPs. The file name -
    reads standard input. Exit status 0 even with findings, unless --fail-on is given; 1 for
    invalid input.
    """
    given = [identity, boundary, scp, trust, resource_policy]
    _warn()
    if batch:
        if any(given):
            raise refuse("--batch excludes other documents", "check the other documents separately")
        _batch(batch, format, fail_on)
        return
    if not any((identity, trust, resource_policy)):
        fix = "give --identity, --trust, --resource-policy or --batch with a file"
        raise refuse("nothing to check", fix)
    if bool(resource_policy) != bool(resource_type):
        fix = "give both --resource-policy FILE and --resource-type, as in s3 or kms"
        raise refuse("a resource policy and its resource type belong together", fix)
    if (boundary or scp) and not identity:
        fix = "give the identity's policies with --identity"
        raise refuse("a boundary or SCP needs identity policies to limit", fix)
    subject, texts = _subject(given, resource_type, principal)
    from landfall.iam.policy_checks import check as judge

    report = judge(subject)
    _print(report, format, fail_on, texts, proof=proof)
    _end(fail_on, [report.worst] if report.worst else [])


def _warn() -> None:
    """Warn on standard error if the action data is old."""
    from datetime import UTC, datetime

    from landfall.iam.actions import data_age

    warning = data_age().warning(datetime.now(UTC))
    if warning:
        print(f"warning: {warning}", file=sys.stderr)


def _subject(
    given: list[Any], resource_type: str, principal: str
) -> tuple[Subject, dict[str, bytes]]:
    """Read all files; return the subject and the texts. One error reports the mistakes of all."""
    from landfall.iam.policy_checks import Subject, levels
    from landfall.iam.principals import CallerError, read_caller

    identity, boundary, scp, trust, resource_policy = given
    reader = _Reader()
    own = reader.all(identity, "identity")
    boundaries = reader.all(boundary, "identity")
    control = reader.all(scp, "scp")
    trusted = reader.all([trust] if trust else None, "trust")
    resource = reader.all([resource_policy] if resource_policy else None, "resource")
    account = None
    if principal:
        try:
            account = read_caller(principal, "iam:PassRole").account
        except CallerError as error:
            reader.say(f"--principal {error}", "write the ARN of a user or role")
    reader.end()
    subject = Subject(
        identity=own,
        boundaries=boundaries,
        service_control=levels(control),
        trust=trusted[0] if trusted else None,
        resource_policy=resource[0] if resource else None,
        resource_type=_service(resource_type),
        principal=principal or None,
        account=account,
    )
    return subject, reader.texts


def _service(resource_type: str) -> str:
    """Return the service of an IAM, CloudFormation, Pulumi or Terraform resource type."""
    text = resource_type.lower().removeprefix("aws::").removeprefix("aws:").removeprefix("aws_")
    for mark in ("::", "/", ":", "_"):
        text = text.partition(mark)[0]
    return text


class _Reader:
    """Read files and collect their problems for one error."""

    def __init__(self) -> None:
        self._problems: list[Any] = []
        self.texts: dict[str, bytes] = {}

    def all(self, files: list[Path] | None, kind: Kind) -> tuple[Labelled, ...]:
        from landfall.iam.policy_checks.reading import document

        found = []
        for file in files or ():
            try:
                text = self.texts.setdefault(str(file), _bytes(file))
                found.append((str(file), document(text, kind, str(file))))
            except ProblemsError as error:
                self._problems.extend(error.problems)
        return tuple(found)

    def say(self, what: str, fix: str) -> None:
        self._problems.extend(refuse(what, fix).problems)

    def end(self) -> None:
        if self._problems:
            raise ProblemsError(self._problems)


def _batch(file: Path, format: Format, fail_on: Gravity | None) -> None:
    from landfall.iam.policy_checks.reading import batch
    from landfall.printable import one_line

    if format is Format.SARIF:
        raise refuse(
            "--batch does not support SARIF",
            "use --format json or text, or check one file at a time",
        )
    answers: dict[str, dict[str, Any]] = {}
    refused = False
    for answer in batch(_bytes(file), str(file)):
        answers[answer.name] = answer.found
        refused = refused or answer.refused
    if format is Format.JSON:
        print(json.dumps(answers, indent=2))
    else:
        for name, found in answers.items():
            print(one_line(f"{name}: {_counted(found)}"))
    if refused:
        sys.exit(1)
    _end(fail_on, [one["severity"] for found in answers.values() for one in found["findings"]])


def _counted(found: dict[str, Any]) -> str:
    if "problems" in found:
        first = found["problems"][0]
        place = f"{first['path']}: " if first["path"] else ""
        return f"cannot be checked: {place}{first['what']}"
    counts = dict.fromkeys(Gravity, 0)
    for one in found["findings"]:
        counts[Gravity(one["severity"])] += 1
    listed = ", ".join(f"{count} {gravity}" for gravity, count in counts.items() if count)
    return f"{listed or 'no findings'} ({found['milliseconds']} ms)"


def _print(
    report: Report,
    format: Format,
    fail_on: Gravity | None,
    texts: dict[str, bytes],
    *,
    proof: bool,
) -> None:
    if format is Format.JSON:
        print(json.dumps(report.as_json(), indent=2))
        return
    from landfall.iam.policy_checks import lines, reporting
    from landfall.reports import sarif, text
    from landfall.rules import Severity

    places = {
        file: lines.of_statements(written.decode("utf-8-sig")) for file, written in texts.items()
    }
    found = reporting.findings(report, places, Severity(fail_on) if fail_on else None)
    if format is Format.SARIF:
        print(sarif.text(found, tool="landfall iam check"), end="")
    else:
        print(
            text.render(found, reporting.sections(report, proof=proof), heading="Policies:"), end=""
        )


def _end(fail_on: Gravity | None, found: list[Any]) -> None:
    if fail_on is not None:
        ranks = list(Gravity)
        if any(ranks.index(Gravity(str(one))) <= ranks.index(fail_on) for one in found):
            sys.exit(1)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        what = f"cannot read {file}: {error.strerror}"
        raise refuse(what, "name a JSON file", exit_status=1) from None
