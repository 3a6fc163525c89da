"""CodeBuild: a project is deleted by its ARN, too, as providers send it (DeleteProject).

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteProject.html
"""

from __future__ import annotations

from typing import Any

from moto.codebuild.models import CodeBuildBackend

_by_name = CodeBuildBackend.delete_project


def _delete_project(self: Any, project_name: str) -> None:
    _by_name(self, project_name.rpartition("/")[2])


CodeBuildBackend.delete_project = _delete_project
