"""`landfall iam check`: what is wrong with policies, without AWS and without credentials."""

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
    from landfall.iam.access.identities import Labelled
    from landfall.iam.analysis import Report, Subject
    from landfall.iam.documents import Kind


class Format(StrEnum):
    """How findings are written."""

    JSON = "json"
    TEXT = "text"
    SARIF = "sarif"


class Gravity(StrEnum):
    """The severities, the worst first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"


_SEVERAL = ("--identity", "--boundary", "--scp")


class _Command(TyperCommand):
    """Takes several files after one option: `--identity a.json b.json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _repeated(args))


def _repeated(args: list[str]) -> list[str]:
    """Write an option of several files before each of them."""
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
        list[Path] | None, typer.Option(help="Identity policies of one user or role, all of them.")
    ] = None,
    boundary: Annotated[list[Path] | None, typer.Option(help="Its permissions boundary.")] = None,
    scp: Annotated[
        list[Path] | None,
        typer.Option(help="SCPs above it, the root's first; each that allows is a level."),
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="The role's trust policy.")] = None,
    resource_policy: Annotated[
        Path | None, typer.Option(help="A resource's own policy (needs --resource-type).")
    ] = None,
    resource_type: Annotated[
        str, typer.Option(help="What the resource is: s3, AWS::S3::Bucket, aws:s3/bucket:Bucket.")
    ] = "",
    principal: Annotated[
        str, typer.Option(help="The ARN of the user or role, if known; its account is then, too.")
    ] = "",
    batch: Annotated[
        Path | None, typer.Option(help="A JSON object of names to documents, judged one by one.")
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
    fail_on: Annotated[
        Gravity | None, typer.Option(help="End with status 1 for findings this grave or graver.")
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="Show which statement gives each action.")
    ] = False,
) -> None:
    """Find escalations, exposure, wide trust and limits that limit nothing.

    The identity's policies are judged merged, under its boundary and its SCPs. A file - is read
    from standard input. The exit status is 0 also with findings, unless --fail-on says otherwise,
    and 1 for input that cannot be judged.
    """
    given = [identity, boundary, scp, trust, resource_policy]
    _warn()
    if batch:
        if any(given):
            raise refuse("--batch stands alone", "give the other documents in calls of their own")
        _batch(batch, format, fail_on)
        return
    if not any((identity, trust, resource_policy)):
        fix = "give --identity, --trust, --resource-policy or --batch with a file"
        raise refuse("there is nothing to judge", fix)
    if bool(resource_policy) != bool(resource_type):
        fix = "give both --resource-policy FILE and --resource-type, as in s3 or kms"
        raise refuse("a resource's policy is judged by what the resource is", fix)
    if (boundary or scp) and not identity:
        fix = "give the identity's policies with --identity"
        raise refuse("a boundary or SCP limits the policies of an identity", fix)
    subject, texts = _subject(given, resource_type, principal)
    from landfall.iam.analysis import check as judge

    report = judge(subject)
    _print(report, format, fail_on, texts, proof=proof)
    _end(fail_on, [report.worst] if report.worst else [])


def _warn() -> None:
    """Say on standard error that the data on actions is old, where it is."""
    from datetime import UTC, datetime

    from landfall.iam.actions import data_age

    warning = data_age().warning(datetime.now(UTC))
    if warning:
        print(f"warning: {warning}", file=sys.stderr)


def _subject(
    given: list[Any], resource_type: str, principal: str
) -> tuple[Subject, dict[str, bytes]]:
    """Read all files, and return their texts too; one error has the mistakes of all of them."""
    from landfall.iam.analysis import Subject, levels
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
    """Return the service of a type as IAM, CloudFormation, Pulumi or Terraform name it."""
    text = resource_type.lower().removeprefix("aws::").removeprefix("aws:").removeprefix("aws_")
    for mark in ("::", "/", ":", "_"):
        text = text.partition(mark)[0]
    return text


class _Reader:
    """Reads files, and keeps what is wrong with them for one error."""

    def __init__(self) -> None:
        self._problems: list[Any] = []
        self.texts: dict[str, bytes] = {}

    def all(self, files: list[Path] | None, kind: Kind) -> tuple[Labelled, ...]:
        from landfall.iam.analysis.reading import document

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
    from landfall.iam.analysis.reading import batch
    from landfall.printable import one_line

    if format is Format.SARIF:
        raise refuse("a batch has no SARIF", "write it as json or text, or check one by one")
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
        return f"cannot be judged: {place}{first['what']}"
    counts = dict.fromkeys(Gravity, 0)
    for one in found["findings"]:
        counts[Gravity(one["severity"])] += 1
    listed = ", ".join(f"{count} {gravity}" for gravity, count in counts.items() if count)
    return f"{listed or 'nothing found'} ({found['milliseconds']} ms)"


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
    from landfall.iam.analysis import lines, reporting
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
        what = f"{file} cannot be read: {error.strerror}"
        raise refuse(what, "name a file of JSON", exit_status=1) from None
