"""The pack answers any input without a crash and without showing a value."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.rules import RESOURCE_RULES, STACK_RULES
from tests.policies.analyzer import UNKNOWN, Analyzer, Given, secret
from tests.policies.cases import BUCKET_TYPE
from tests.policies.good_resources import GOOD

_MARK = "zq9-marked-value"
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([_MARK, UNKNOWN, "", "true", "*", f'{{"Statement": "{_MARK}"}}']),
)
_KEYS = sorted({key for props in GOOD.values() for key in props} | {"policy", "Statement", _MARK})
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
_MARKED = st.one_of(_VALUES, _VALUES.map(secret))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_inputs_of_any_type(data: st.DataObject) -> None:
    analyzer = Analyzer()
    types = sorted({*RESOURCE_RULES, *(type_ for rule, _ in STACK_RULES for type_ in rule.types)})
    type_ = data.draw(st.sampled_from(types))
    own = sorted(GOOD.get(type_, {"bucket": "a"}))
    props = {key: data.draw(_MARKED, label=key) for key in own}
    others = [Given(other, {"bucket": _MARK, **GOOD[other]}, other) for other in GOOD]
    bucket = Given(BUCKET_TYPE, {"bucket": data.draw(_VALUES)}, "bucket")
    told = analyzer.resource(Given(type_, props)) + analyzer.stack(
        Given(type_, props), bucket, *others
    )
    assert all(_MARK not in each.message for each in told)


@settings(max_examples=50, deadline=None)
@given(document=st.recursive(_LEAVES, lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_document(document: Any) -> None:
    for type_, key in (
        ("aws:iam/rolePolicy:RolePolicy", "policy"),
        ("aws:iam/role:Role", "assumeRolePolicy"),
        ("aws:kms/key:Key", "policy"),
        ("aws:organizations/policy:Policy", "content"),
    ):
        told = Analyzer().resource(Given(type_, {key: document}))
        assert all(_MARK not in each.message for each in told)
