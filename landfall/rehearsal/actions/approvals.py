"""Manual approval.

https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-action-add.html
"""

from __future__ import annotations

import json
import time
from typing import Any, Final

from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import Work, pause

_POLL_SECONDS: Final = 0.3
_SUBJECT: Final = 100
_WEEK: Final = 7 * 24 * 60


def run(work: Work) -> Result:
    """Answer the approval as the user chose, or wait for an answer through CodePipeline's API."""
    session = work.sandbox.entered(work.hub, work.home)
    client = work.sandbox.client("codepipeline", work.home, session)
    _notify(work)
    own = {"pipelineName": work.pipeline["name"], "stageName": work.stage}
    if work.options.approve is not None:
        token = _state(client, work)["token"]
        answer = "Approved" if work.options.approve else "Rejected"
        option = "--approve" if work.options.approve else "--reject"
        client.put_approval_result(
            **own,
            actionName=work.action["name"],
            token=token,
            result={"summary": f"landfall rehearse {option}", "status": answer},
        )
    else:
        work.note("waits for an approval: --approve, --reject, or put-approval-result")
    minutes = float(work.action.get("timeoutInMinutes", _WEEK))
    end = time.monotonic() + min(work.options.limit, minutes * 60)
    while time.monotonic() < end:
        state = _state(client, work)
        if state["status"] == "Succeeded":
            return Result(summary=state.get("summary", ""))
        if state["status"] == "Failed":
            raise ActionError(
                f"The approval was rejected: {state.get('summary') or 'no reason given'}",
                "ApprovalRejected",
            )
        pause(work, _POLL_SECONDS)
    raise ActionError(f"No answer within {work.options.limit:g} s (--limit).", "ApprovalTimeout")


def _notify(work: Work) -> None:
    """Publish the question to the action's topic, as the action's role.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html
    """
    topic = work.configuration.get("NotificationArn")
    if topic is None:
        return
    name, stage, action = work.pipeline["name"], work.stage, work.action["name"]
    message = {
        "region": work.home,
        "approval": {
            "pipelineName": name,
            "stageName": stage,
            "actionName": action,
            "externalEntityLink": work.configuration.get("ExternalEntityLink"),
            "customData": work.configuration.get("CustomData"),
        },
    }
    subject = f"APPROVAL NEEDED: AWS CodePipeline {name} for action {action}"
    work.client("sns").publish(
        TopicArn=topic, Subject=subject[:_SUBJECT], Message=json.dumps(message)
    )


def _state(client: Any, work: Work) -> dict[str, Any]:
    stages = client.get_pipeline_state(name=work.pipeline["name"])["stageStates"]
    stage = next(each for each in stages if each["stageName"] == work.stage)
    name = work.action["name"]
    action = next(each for each in stage["actionStates"] if each["actionName"] == name)
    found: dict[str, Any] = action["latestExecution"]
    return found
