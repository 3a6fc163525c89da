"""Unit tests of the template: they need nothing but the sources."""

import json
import pathlib
import unittest

TEMPLATE = json.loads(pathlib.Path("template.json").read_text())
QUEUES = {
    name: each["Properties"]
    for name, each in TEMPLATE["Resources"].items()
    if each["Type"] == "AWS::SQS::Queue"
}


class Queues(unittest.TestCase):
    def test_every_queue_is_encrypted(self):
        plain = [name for name, each in QUEUES.items() if not each.get("SqsManagedSseEnabled")]
        self.assertEqual(plain, [])

    def test_every_redrive_policy_names_a_queue_of_the_template(self):
        policies = [each["RedrivePolicy"] for each in QUEUES.values() if "RedrivePolicy" in each]
        targets = [each["deadLetterTargetArn"]["Fn::GetAtt"][0] for each in policies]
        self.assertEqual([each for each in targets if each not in QUEUES], [])
