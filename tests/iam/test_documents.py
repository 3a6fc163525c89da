"""IAM's JSON grammar: reading, refusals with their path, and writing."""

from __future__ import annotations

import json
import time

import pytest

from landfall.iam import documents
from landfall.iam.documents import Condition, Document, DocumentError, Effect, Principal, Statement


def read(statement: dict[str, object], **rest: object) -> Document:
    return documents.parse({"Version": "2012-10-17", "Statement": [statement]}, **rest)  # type: ignore[arg-type]


def problems(source: object, **rest: object) -> dict[str, str]:
    with pytest.raises(DocumentError) as refused:
        documents.parse(source, **rest)  # type: ignore[arg-type]
    assert refused.value.exit_status == 1
    return {problem.path: problem.what for problem in refused.value.problems}


def test_string_and_list_of_one_are_the_same() -> None:
    one = read({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    other = documents.parse(
        b'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject"],'
        b'"Resource":["*"]}}'
    )
    assert one == other
    assert hash(one) == hash(other)
    assert one.statements == (
        Statement(0, None, Effect.ALLOW, actions=("s3:GetObject",), resources=("*",)),
    )


def test_document_without_version_has_the_older_one() -> None:
    document = documents.parse({"Statement": []})
    assert document.version == "2008-10-17"
    assert not document.has_variables


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("*", (Principal("*", "*"),)),
        ({"AWS": "*"}, (Principal("AWS", "*"),)),
        (
            {"AWS": ["111122223333", "arn:aws:iam::1:root"]},
            (Principal("AWS", "111122223333"), Principal("AWS", "arn:aws:iam::1:root")),
        ),
        (
            {"Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"},
            (
                Principal("Service", "ec2.amazonaws.com"),
                Principal("Federated", "accounts.google.com"),
            ),
        ),
        ({"CanonicalUser": "79a5"}, (Principal("CanonicalUser", "79a5"),)),
        ({"AWS": []}, ()),
    ],
)
def test_principals(written: object, expected: tuple[Principal, ...]) -> None:
    for element in ("Principal", "NotPrincipal"):
        statement = read({"Effect": "Deny", element: written, "Action": "*"}).statements[0]
        found = statement.principals if element == "Principal" else statement.not_principals
        assert found == expected


def test_conditions_take_any_case_of_operators_and_scalars_as_values() -> None:
    document = documents.parse(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",'
        '"Condition":{"forallvalues:stringlikeifexists":{"aws:TagKeys":["a*","b"]},'
        '"NumericLessThan":{"s3:max-keys":10.50},"Bool":{"aws:SecureTransport":true},'
        '"Null":{"aws:TokenIssueTime":"false"}}}}'
    )
    assert document.statements[0].conditions == (
        Condition("StringLike", "ForAllValues", True, "aws:TagKeys", ("a*", "b")),
        Condition("NumericLessThan", "", False, "s3:max-keys", ("10.50",)),
        Condition("Bool", "", False, "aws:SecureTransport", ("true",)),
        Condition("Null", "", False, "aws:TokenIssueTime", ("false",)),
    )
    assert document.statements[0].conditions[0].name == "ForAllValues:StringLikeIfExists"


def test_every_mistake_is_reported_with_its_path() -> None:
    found = problems(
        {
            "Version": "2012-10-18",
            "Statment": [],
            "Statement": [
                {"Effect": "allow", "Action": "GetObject", "Resource": 3},
                "Allow",
                {"Effect": "Deny", "Action": ["s3:*", 7], "NotAction": [], "Resource": "*"},
                {
                    "Effect": "Deny",
                    "Action": "*",
                    "Principal": {"Aws": "*"},
                    "Condition": {
                        "StringEqual": {"a": "b"},
                        "StringLike": {"aws:x": None, "aws:Y": "1", "AWS:y": "2"},
                        "NullIfExists": {"a": "true"},
                        "Bool": "true",
                    },
                },
                {"Effect": "Allow", "Action": "*", "Principal": "everyone", "Resource": "${aws:"},
            ],
        }
    )
    assert set(found) == {
        "Version",
        "Statment",
        "Statement[0].Effect",
        "Statement[0].Action",
        "Statement[0].Resource",
        "Statement[1]",
        "Statement[2]",
        "Statement[2].Action[1]",
        "Statement[2].NotAction",
        "Statement[3].Principal.Aws",
        "Statement[3].Condition.StringEqual",
        "Statement[3].Condition.StringLike.aws:x",
        "Statement[3].Condition.StringLike.AWS:y",
        "Statement[3].Condition.NullIfExists",
        "Statement[3].Condition.Bool",
        "Statement[4].Principal",
    }
    assert found["Statement[0].Resource"] == "is a number"


def test_variables_are_checked_where_they_are_variables() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username"}
    assert "Statement[0].Resource" in problems({"Version": "2012-10-17", "Statement": statement})
    assert documents.parse({"Version": "2008-10-17", "Statement": statement})
    for good in ("${aws:username}", "${aws:PrincipalTag/team, 'none'}", "${*}${?}${$}"):
        assert read({**statement, "Resource": f"arn:aws:s3:::b/{good}"})
    for bad in ("${}", "${aws:x, none}", "${aws:x, 'none}", "${a b}"):
        assert problems({"Version": "2012-10-17", "Statement": {**statement, "Resource": bad}})


@pytest.mark.parametrize(
    ("kind", "statement", "path"),
    [
        ("identity", {"Principal": "*", "Action": "*", "Resource": "*"}, "Statement[0]"),
        ("identity", {"Action": "*"}, "Statement[0]"),
        ("identity", {"Action": "*", "Resource": "bucket"}, "Statement[0].Resource"),
        ("scp", {"Principal": "*", "Action": "*", "Resource": "*"}, "Statement[0]"),
        ("rcp", {"Principal": {"AWS": "1" * 12}, "Action": "*", "Resource": "*"}, "Statement[0]"),
        ("rcp", {"NotPrincipal": "*", "Action": "*", "Resource": "*"}, "Statement[0]"),
        ("resource", {"Action": "*", "Resource": "*"}, "Statement[0]"),
        ("trust", {"Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}, "Statement[0]"),
        ("trust", {"Action": "sts:AssumeRole"}, "Statement[0]"),
    ],
)
def test_the_use_of_a_document_adds_rules(
    kind: str, statement: dict[str, object], path: str
) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", **statement}]}
    assert list(problems(document, kind=kind)) == [path]
    assert documents.parse(document, kind=None)


def test_duplicate_keys_are_refused() -> None:
    found = problems(
        '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Effect":"Allow","Action":"*","Condition":{"Bool":{"a":"true","a":"false"},"bool":{}}}]}'
    )
    assert set(found) == {
        "Version",
        "Statement[0].Effect",
        "Statement[0].Condition.Bool.a",
        "Statement[0].Condition.bool",
    }


@pytest.mark.parametrize(
    "source",
    [
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "NaN",
        b"\xff\xfe",
        "1" * 100_000,
        "[" * 1_000_000,
        '{"a":' * 1_000_000,
        '{"Statement":[' + "1," * 2_000_000 + "1]}",
        '{"Statement":{"Effect":"Allow","Action":"' + "*a" * 3_000_000 + '","Resource":"*"}}',
        '{"Statement":{"Effect":"Allow","Action":[' + "1," * 2_000_000 + '1],"Resource":"*"}}',
        "{" + ",".join(f'"k{n}":1' for n in range(400_000)) + "}",
        " " * 11_000_000,
        '{"\\ud800\\u001b[2J":1}',
    ],
    ids=lambda source: f"{len(source)}-{source[:8]!r}",
)
def test_text_that_is_no_policy_is_refused_quickly(source: str | bytes) -> None:
    start = time.process_time()
    with pytest.raises(DocumentError) as refused:
        documents.parse(source)
    assert time.process_time() - start < 30
    assert 1 <= len(refused.value.problems) <= 101
    assert str(refused.value).replace("\n", "").isprintable()


def test_written_short_and_the_same_whatever_the_order() -> None:
    one = documents.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "Read",
                "Effect": "Allow",
                "Principal": {"Service": "b", "AWS": ["2", "1", "1"]},
                "Action": ["s3:b", "s3:a", "s3:b"],
                "Resource": ["*"],
                "Condition": {
                    "StringLike": {"aws:b": "x", "aws:a": ["z", "y"]},
                    "Bool": {"aws:SecureTransport": True},
                },
            },
        }
    )
    text = documents.serialise(one)
    assert text == (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow",'
        '"Principal":{"AWS":["1","2"],"Service":"b"},"Action":["s3:a","s3:b"],"Resource":"*",'
        '"Condition":{"Bool":{"aws:SecureTransport":"true"},'
        '"StringLike":{"aws:a":["y","z"],"aws:b":"x"}}}]}'
    )
    assert documents.parse(text) == documents.canonical(one)
    assert documents.serialise(documents.parse(text)) == text


def test_merge_keeps_each_statement_once_and_each_sid_unique() -> None:
    allow = {"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    again = {**allow, "Sid": "B", "Action": ["s3:*", "s3:*"]}
    other = {**allow, "Action": "ec2:*"}
    merged = documents.merge([read(allow), read(again), read(other)])
    assert [(one.index, one.sid, one.actions) for one in merged.statements] == [
        (0, "A", ("s3:*",)),
        (1, "A2", ("ec2:*",)),
    ]


def test_merge_keeps_the_plain_text_of_older_documents() -> None:
    older = documents.parse(
        {
            "Statement": {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "arn:aws:s3:::${aws:username}",
            }
        }
    )
    assert documents.merge([older]).statements == older.statements
    merged = documents.merge([older, read({"Effect": "Deny", "Action": "a:b", "Resource": "*"})])
    assert merged.version == "2012-10-17"
    assert merged.statements[0].resources == ("arn:aws:s3:::${$}{aws:username}",)


def test_text_that_resembles_an_action_is_refused() -> None:
    kelvin = {"Effect": "Allow", "Action": "\u212ams:*", "Resource": "*"}
    assert list(problems({"Statement": kelvin})) == ["Statement[0].Action"]


def test_texts_of_other_string_types_are_texts() -> None:
    written = {"Effect": Effect.DENY, "Action": Effect.ALLOW, "Resource": "*"}
    assert problems({"Statement": written}) == {
        "Statement[0].Action": "is not an action: the service is missing"
    }
    rcp = {"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": "s3:*", "Resource": "*"}
    assert documents.parse({"Statement": rcp}, kind="rcp")


def test_numbers_keep_their_text() -> None:
    condition = '{"NumericEquals":{"a":[1.0,1e400,' + "9" * 5000 + "]}}"
    text = f'{{"Statement":{{"Effect":"Deny","Action":"*","Condition":{condition}}}}}'
    assert documents.parse(text).statements[0].conditions[0].values == ("1.0", "1e400", "9" * 5000)
    assert json.loads(documents.serialise(documents.parse(text)))
