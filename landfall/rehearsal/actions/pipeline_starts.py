"""The invoke action that starts another pipeline, which is rehearsed after this one.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-PipelineInvoke.html
"""

from __future__ import annotations

import json
from typing import Any

from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import Start, Work


def run(work: Work) -> Result:
    """Start the pipeline with the source revisions and variables of the action."""
    name = work.configuration["PipelineName"]
    start = Start(name, _listed(work, "SourceRevisions"), _listed(work, "Variables"))
    return Result(summary=f"starts {name}", reference=work.start(start))


def _listed(work: Work, key: str) -> list[dict[str, str]]:
    try:
        found: Any = json.loads(work.configuration.get(key, "[]"))
    except ValueError:
        raise ActionError(f"{key} is no JSON.", "ConfigurationError") from None
    return list(found)
