"""The log of a build: lines in CloudWatch Logs, written as the project's role, without secrets.

https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html, 'Logs'.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal.results import ActionError

MASK: Final = "***"
_MOST: Final = 1000
"""Events in one request."""


class BuildLog:
    """The log of one build; `group` is its group, if the project names none."""

    def __init__(
        self, client: Any, project: Mapping[str, Any], build: str, group: str = ""
    ) -> None:
        config = project.get("logsConfig", {}).get("cloudWatchLogs", {})
        identity = build.rpartition(":")[2]
        self.group = config.get("groupName") or group or f"/aws/codebuild/{project['name']}"
        prefix = config.get("streamName")
        self.stream = f"{prefix}/{identity}" if prefix else identity
        self._client = client
        self._is_on = config.get("status", "ENABLED") == "ENABLED"
        self._named = "groupName" in config
        self._hidden: Sequence[str] = ()
        self._waiting: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.lost = ""
        """Why lines are not in CloudWatch Logs; empty if none is missing."""
        self._lock = threading.Lock()

    @property
    def reading(self) -> str:
        """Return the command that shows the log, in any version of the AWS CLI."""
        return (
            f"aws logs get-log-events --log-group-name {self.group} --log-stream-name "
            f"{self.stream} --query 'events[].[message]' --output text"
        )

    def open(self, role: str, build_arn: str) -> None:
        """Create the stream.

        Raises:
            ActionError: the project's role may not, so that CodeBuild does not begin the build.

        """
        if not self._is_on:
            return
        try:
            if not self._named:
                self._create_group()
            self._client.create_log_stream(logGroupName=self.group, logStreamName=self.stream)
        except ClientError as error:
            said = error.response["Error"].get("Message", "")
            raise ActionError(
                f"Service role {role} does not allow AWS CodeBuild to create Amazon CloudWatch "
                f"Logs log streams for build {build_arn}. Error message: {said}",
                "PermissionError",
            ) from None

    def hide(self, values: Sequence[str]) -> None:
        """Mask values in every later line."""
        self._hidden = sorted(values, key=len, reverse=True)

    def write(self, line: str) -> None:
        """Add a line."""
        for value in self._hidden:
            line = line.replace(value, MASK)
        with self._lock:
            self.lines.append(line)
            self._waiting.append({"timestamp": int(time.time() * 1000), "message": line or " "})

    def flush(self) -> None:
        """Send what was written; of a role that may not write, lines are lost, as on AWS."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not self._is_on:
            return
        for start in range(0, len(waiting), _MOST):
            try:
                self._client.put_log_events(
                    logGroupName=self.group,
                    logStreamName=self.stream,
                    logEvents=waiting[start : start + _MOST],
                )
            except ClientError as error:
                self.lost = error.response["Error"].get("Message", "")
                return

    def _create_group(self) -> None:
        try:
            self._client.create_log_group(logGroupName=self.group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise
