"""The reports of a build, written to the sandbox's report groups as the build's role.

https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landfall.rehearsal import report_files
from landfall.rehearsal.artifacts import paths
from landfall.rehearsal.build_log import BuildLog
from landfall.rehearsal.buildspec import Files
from landfall.rehearsal.report_files import ReportError
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Sandbox
from landfall.rehearsal.selecting import NothingFoundError, selected


@dataclass(frozen=True, slots=True)
class Reporter:
    """The build that reports: its ARN, project and role, and where its project is."""

    sandbox: Sandbox
    account: str
    region: str
    build: Mapping[str, str]
    log: BuildLog

    def write(self, reports: Mapping[str, Files], sources: Path) -> Iterator[str]:
        """Write the reports whose files exist; yield their ARNs. One without files is none.

        Raises:
            ActionError: the role may not write a report, which fails a build:
                github.com/aws/aws-cdk/issues/7367.

        """
        for name, files in reports.items():
            base = sources / files.base
            try:
                chosen = selected(files, paths(base))
                bodies = {shown: (base / path).read_bytes() for shown, path in chosen.items()}
                found = report_files.read(files.format, bodies)
            except (NothingFoundError, ReportError) as error:
                self.log.write(f"[Container] Report {name}: {error}")
                continue
            try:
                yield self.sandbox.tell(
                    "test report",
                    account=self.account,
                    region=self.region,
                    build=self.build,
                    group=name,
                    found=found,
                )
            except ActionError as error:
                why = f"[{name}: [error creating report: {error.code}: {error.message}]]"
                raise ActionError(f"CLIENT_ERROR: {why}") from None
            self.log.write(f"[Container] Report {name}: {_count(len(chosen))}")


def _count(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"
