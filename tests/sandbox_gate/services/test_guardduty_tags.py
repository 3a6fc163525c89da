"""The tags of GuardDuty's detectors, as AWS documents them."""

from __future__ import annotations

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of


def test_a_detectors_tags_can_be_changed(aws: Clients) -> None:
    client = aws("guardduty")
    detector = client.create_detector(Enable=True, Tags={"stack": "dev", "old": "yes"})
    arn = f"arn:aws:guardduty:eu-west-1:{MANAGEMENT}:detector/{detector['DetectorId']}"
    client.tag_resource(ResourceArn=arn, Tags={"stack": "rehearsal"})
    client.untag_resource(ResourceArn=arn, TagKeys=["old"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stack": "rehearsal"}
    found = client.get_detector(DetectorId=detector["DetectorId"])
    assert found["Tags"] == {"stack": "rehearsal"}


def test_tags_of_a_missing_detector_are_refused(aws: Clients) -> None:
    arn = f"arn:aws:guardduty:eu-west-1:{MANAGEMENT}:detector/{'0' * 32}"
    code, _ = error_of(aws("guardduty").list_tags_for_resource, ResourceArn=arn)
    assert code == "BadRequestException"
