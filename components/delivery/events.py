"""EventBridge events of pipelines and builds, and the text of their notifications.

https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
"""

import json
from collections.abc import Sequence
from typing import Any

_PIPELINE = "CodePipeline Pipeline Execution State Change"
_ACTION = "CodePipeline Action Execution State Change"
_BUILD = "CodeBuild Build State Change"
ROLLBACKS = ["AutomatedRollback", "ManualRollback"]

EXECUTION = {"pipeline": "$.detail.pipeline", "execution": "$.detail.execution-id"}
BUILD = {
    "project": "$.detail.project-name",
    "status": "$.detail.build-status",
    "build": "$.detail.build-id",
}

# kind -> (detail type, detail without the names, paths of the message, message)
_KINDS: dict[str, tuple[str, dict[str, Any], dict[str, str], str]] = {
    "failed": (
        _PIPELINE,
        {"state": ["FAILED"]},
        EXECUTION,
        "Pipeline <pipeline> failed: execution <execution>.",
    ),
    "succeeded": (
        _PIPELINE,
        {"state": ["SUCCEEDED"]},
        EXECUTION,
        "Pipeline <pipeline> succeeded: execution <execution>.",
    ),
    "rollback": (
        _PIPELINE,
        {"state": ["STARTED"], "execution-trigger": {"trigger-type": ROLLBACKS}},
        EXECUTION,
        "Pipeline <pipeline> rolls back to an earlier release: execution <execution>.",
    ),
    "approval": (
        _ACTION,
        {"state": ["STARTED"], "type": {"category": ["Approval"]}},
        {**EXECUTION, "action": "$.detail.action"},
        "Pipeline <pipeline> waits for approval in <action>: execution <execution>.",
    ),
    "build-failed": (
        _BUILD,
        {"build-status": ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]},
        BUILD,
        "Build <build> of <project> ended as <status>.",
    ),
}


def pattern(kind: str, names: Sequence[str]) -> str:
    """Return the event pattern of a kind for pipelines of these names, or for their builds."""
    detail_type, detail, _, _ = _KINDS[kind]
    build = detail_type == _BUILD
    named = {"project-name" if build else "pipeline": sorted(names)}
    return json.dumps(
        {
            "source": ["aws.codebuild" if build else "aws.codepipeline"],
            "detail-type": [detail_type],
            "detail": {**named, **detail},
        },
        separators=(",", ":"),
    )


def chat_message(kind: str, application: str) -> dict[str, Any]:
    """Return the input transformer that renders an event in Chatbot's format.

    https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    """
    _, _, paths, text = _KINDS[kind]
    content = {"textType": "client-markdown", "title": application, "description": text}
    notification = {"version": "1.0", "source": "custom", "content": content}
    return {
        "input_paths": paths,
        "input_template": json.dumps(notification, ensure_ascii=False, separators=(",", ":")),
    }


def message(kind: str) -> dict[str, Any]:
    """Return the input transformer that renders an event as a sentence."""
    _, _, paths, text = _KINDS[kind]
    return {"input_paths": paths, "input_template": json.dumps(text, ensure_ascii=False)}
