"""What services do in the sandbox, as whom, and the test that shows how it is judged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = "tests/sandbox_gate/services"
DOC = ROOT / "docs/how-to/see-what-roles-use.md"


class Act(NamedTuple):
    """One thing that a service does; without a test, the sandbox does not do it."""

    service: str
    does: str
    acts_as: str
    file: str = ""
    test: str = ""


OWN = f"{SERVICES}/test_services_own_calls.py"
TARGETS = f"{SERVICES}/test_event_targets.py"
SENT = f"{SERVICES}/test_sent_messages.py"
ALARMS = f"{SERVICES}/test_alarm_actions.py"
STACKS = f"{SERVICES}/test_stack_roles.py"
KEYS = f"{SERVICES}/test_source_keys.py"
SECURITY = f"{SERVICES}/test_security_services.py"
LAMBDA = f"{SERVICES}/test_lambda.py"
OF_SERVICE, OF_ROLE = "the service's principal", "a role that the service assumes"

ACTS = [
    Act(
        "EventBridge",
        "sends to a queue, topic or function",
        OF_SERVICE,
        TARGETS,
        "test_queue_gets_events_once_its_policy_admits_the_rule",
    ),
    Act(
        "EventBridge",
        "writes to a log group",
        OF_SERVICE,
        TARGETS,
        "test_log_group_gets_events_once_a_resource_policy_admits_the_rule",
    ),
    Act(
        "EventBridge",
        "starts builds, state machines, puts records",
        OF_ROLE,
        TARGETS,
        "test_target_with_a_role_needs_its_trust_and_its_permission",
    ),
    Act(
        "EventBridge",
        "sends to a bus of another account",
        OF_ROLE,
        TARGETS,
        "test_bus_of_another_account_admits_the_role_of_the_sender",
    ),
    Act(
        "EventBridge",
        "sends to a dead-letter queue",
        OF_SERVICE,
        TARGETS,
        "test_event_that_is_refused_goes_to_the_dead_letter_queue_that_admits_the_rule",
    ),
    Act(
        "EventBridge",
        "starts a pipeline",
        OF_ROLE,
        f"{SERVICES}/test_promotion.py",
        "test_success_starts_the_pipelines_of_rules_whose_role_may_start_them",
    ),
    Act(
        "CloudWatch",
        "publishes for an alarm",
        OF_SERVICE,
        ALARMS,
        "test_topic_that_admits_another_alarm_gets_nothing_and_the_record_names_it",
    ),
    Act(
        "CloudFormation",
        "creates resources of a stack",
        OF_ROLE,
        STACKS,
        "test_stack_is_created_with_the_permissions_of_its_role",
    ),
    Act(
        "CloudFormation",
        "creates them without a role",
        "the caller",
        STACKS,
        "test_stack_without_a_role_needs_the_permissions_of_its_caller",
    ),
    Act(
        "SNS",
        "sends to a queue",
        OF_SERVICE,
        SENT,
        "test_queue_of_a_topic_gets_messages_once_it_admits_the_topic",
    ),
    Act(
        "SNS",
        "invokes a function",
        OF_SERVICE,
        SENT,
        "test_function_runs_once_it_admits_the_topic_or_bucket",
    ),
    Act(
        "S3",
        "notifies queues, topics and functions",
        OF_SERVICE,
        SENT,
        "test_bucket_notifies_the_queue_only_as_long_as_it_admits_the_bucket",
    ),
    Act(
        "S3",
        "writes access logs",
        OF_SERVICE,
        f"{SERVICES}/test_s3_logging.py",
        "test_bucket_without_a_policy_for_logging_is_refused",
    ),
    Act(
        "CloudTrail",
        "delivers to a bucket",
        OF_SERVICE,
        SECURITY,
        "test_organization_trail_needs_trusted_access_and_a_bucket_policy",
    ),
    Act(
        "CloudTrail",
        "writes to a log group",
        OF_ROLE,
        KEYS,
        "test_trail_role_without_permission_for_its_stream_is_refused",
    ),
    Act(
        "Config",
        "delivers to a bucket",
        OF_SERVICE,
        SECURITY,
        "test_config_delivery_needs_a_bucket_policy",
    ),
    Act(
        "CloudWatch Logs",
        "uses a key",
        OF_SERVICE,
        OWN,
        "test_key_of_a_log_group_must_admit_the_service",
    ),
    Act(
        "CodePipeline",
        "runs actions",
        OF_ROLE,
        OWN,
        "test_action_fails_if_the_pipelines_role_lacks_its_permission",
    ),
    Act(
        "CodeBuild",
        "finds networks, pulls images",
        OF_ROLE,
        file=f"{SERVICES}/test_codebuild.py",
        test="test_private_image_is_pulled_with_the_service_role",
    ),
    Act(
        "CodeStar Notifications",
        "publishes for a rule",
        OF_SERVICE,
        file=f"{SERVICES}/test_notification_rules.py",
        test="test_topic_of_a_notification_rule_is_active_once_its_policy_admits_the_service",
    ),
    Act("Lambda", "runs code, writes logs", OF_ROLE, LAMBDA, "test_log_is_written_if_the_role_may"),
    Act(
        "Lambda",
        "reads queues and streams for a function",
        OF_ROLE,
        f"{SERVICES}/test_event_sources.py",
        "test_function_gets_messages_as_long_as_its_role_may_read_the_queue",
    ),
    Act("AWS Backup", "copies resources", OF_ROLE),
    Act("AWS Chatbot", "subscribes to topics, runs commands of a channel", OF_ROLE),
    Act("AWS Budgets", "publishes for a budget", OF_SERVICE),
    Act("EventBridge Scheduler", "starts targets", OF_ROLE),
    Act("Elastic Load Balancing", "writes access logs", OF_SERVICE),
    Act("GuardDuty", "exports findings", OF_SERVICE),
    Act("VPC flow logs", "delivers flow logs", OF_SERVICE),
]
JUDGED = [act for act in ACTS if act.test]


@pytest.mark.parametrize("act", JUDGED, ids=[f"{each.service}: {each.does}" for each in JUDGED])
def test_act_of_a_service_has_a_test_and_a_row_in_the_docs(act: Act) -> None:
    assert f"\ndef {act.test}(" in (ROOT / act.file).read_text()
    rows = re.findall(r"^\| ([\w ,]+) \|", DOC.read_text(), re.MULTILINE)
    assert act.service in {name.strip() for row in rows for name in row.split(",")}


def test_docs_list_the_acts_that_the_sandbox_does_not_carry_out() -> None:
    (sentence,) = re.findall(r"The sandbox does not carry out[^.]*\.", DOC.read_text())
    missing = {act.service for act in ACTS if not act.test} - {
        act.service for act in ACTS if act.service in " ".join(sentence.split())
    }
    assert missing == set()
