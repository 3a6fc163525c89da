"""The dashboard of one application, as CloudWatch's JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Sequence
from typing import Any

_WIDTH, _HEIGHT = 12, 6


def body(application: str, pipelines: Sequence[str], alarm_arns: Sequence[str], region: str) -> str:
    """Return the dashboard of an application's pipelines, builds and alarms.

    Alarms of other accounts appear if the delivery account is their monitoring account.
    """
    graphs = [
        ("Failed executions", "AWS/CodePipeline", "FailedPipelineExecutions", "Sum"),
        ("Duration of executions (s)", "AWS/CodePipeline", "PipelineDuration", "Average"),
        ("Failed builds", "AWS/CodeBuild", "FailedBuilds", "Sum"),
        ("Duration of builds (s)", "AWS/CodeBuild", "Duration", "Average"),
    ]
    widgets: list[dict[str, Any]] = [
        {
            "type": "alarm",
            **_place(0, 0, 2 * _WIDTH),
            "properties": {"title": f"Alarms of {application}", "alarms": sorted(alarm_arns)},
        }
    ]
    for number, (title, namespace, metric, statistic) in enumerate(graphs):
        dimension = "PipelineName" if namespace == "AWS/CodePipeline" else "ProjectName"
        widgets.append(
            {
                "type": "metric",
                **_place(number % 2 * _WIDTH, _HEIGHT * (1 + number // 2), _WIDTH),
                "properties": {
                    "title": title,
                    "region": region,
                    "view": "timeSeries",
                    "stat": statistic,
                    "period": 300,
                    "metrics": [[namespace, metric, dimension, name] for name in pipelines],
                },
            }
        )
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _place(x: int, y: int, width: int) -> dict[str, int]:
    return {"x": x, "y": y, "width": width, "height": _HEIGHT}
