"""What builds, deploys and tells of it: CodeBuild, CodePipeline, CodeDeploy, chat."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:codebuild/project:Project")
def _build_project(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codebuild").batch_get_projects(names=[inputs["name"]])["projects"]
    return inputs["name"] if found else None


@finds("aws:codepipeline/pipeline:Pipeline")
def _pipeline(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codepipeline").get_pipeline(name=inputs["name"])["pipeline"]
    return str(found["name"])


@finds("aws:codedeploy/application:Application")
def _deploy_application(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("codedeploy").get_application(applicationName=inputs["name"])
    return str(inputs["name"])


@finds("aws:codedeploy/deploymentGroup:DeploymentGroup")
def _deployment_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    application, group = inputs["appName"], inputs["deploymentGroupName"]
    client("codedeploy").get_deployment_group(
        applicationName=application, deploymentGroupName=group
    )
    return f"{application}:{group}"


@finds("aws:codedeploy/deploymentConfig:DeploymentConfig")
def _deployment_config(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["deploymentConfigName"]
    client("codedeploy").get_deployment_config(deploymentConfigName=name)
    return str(name)


@finds("aws:codestarnotifications/notificationRule:NotificationRule")
def _notification_rule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    notifications = client("codestar-notifications")
    for each in pages(notifications, "list_notification_rules", "NotificationRules"):
        if notifications.describe_notification_rule(Arn=each["Arn"])["Name"] == inputs["name"]:
            return str(each["Arn"])
    return None


@finds("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration")
def _slack_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    chatbot = client("chatbot")
    listed = pages(chatbot, "describe_slack_channel_configurations", "SlackChannelConfigurations")
    name = inputs["configurationName"]
    named = (each["ChatConfigurationArn"] for each in listed if each["ConfigurationName"] == name)
    return next(named, None)


@finds("aws:lambda/function:Function")
def _function(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("lambda").get_function(FunctionName=inputs["name"])
    return str(inputs["name"])


@finds("aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration")
def _teams_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    team: str = inputs["teamId"]
    listed = pages(
        client("chatbot"),
        "list_microsoft_teams_channel_configurations",
        "TeamChannelConfigurations",
        TeamId=team,
    )
    name = inputs["configurationName"]
    return team if any(each["ConfigurationName"] == name for each in listed) else None


@finds("aws:codebuild/reportGroup:ReportGroup")
def _report_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    arns = pages(client("codebuild"), "list_report_groups", "reportGroups")
    name = inputs["name"]
    return next((str(arn) for arn in arns if arn.partition(":report-group/")[2] == name), None)
