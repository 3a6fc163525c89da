"""Names of services that no component uses."""

import json
import subprocess
import sys
from types import ModuleType

import pulumi_aws as aws
import pytest

import components  # noqa: F401 - makes the SDK load its modules one by one

# Where no other test has loaded a service as a whole.
_LOADING = """
import json, sys
import components, pulumi_aws as aws
from pulumi_aws.keyspaces import outputs
aws.location.Tracker, aws.qldb.AwaitableGetLedgerResult
json.dump([name for name in sys.modules if name.startswith("pulumi_aws.")], sys.stdout)
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    done = subprocess.run([sys.executable, "-c", _LOADING], capture_output=True, check=True)
    return set(json.loads(done.stdout))


def _of(service: str, loaded: set[str]) -> set[str]:
    prefix = f"pulumi_aws.{service}."
    return {name.removeprefix(prefix) for name in loaded if name.startswith(prefix)}


def test_resource_loads_its_own_module_only(loaded: set[str]) -> None:
    assert aws.location.Tracker.__module__ == "pulumi_aws.location.tracker"
    assert _of("location", loaded) == {"tracker"}


def test_arguments_of_a_resource_and_nested_types_are_found() -> None:
    assert aws.dlm.LifecyclePolicyArgs.__module__ == "pulumi_aws.dlm.lifecycle_policy"
    nested = aws.dlm.LifecyclePolicyPolicyDetailsArgs
    assert nested.__module__ == "pulumi_aws.dlm._inputs"


def test_function_is_not_hidden_by_its_module() -> None:
    import pulumi_aws.polly.get_voices as module  # a module with the function's name

    assert callable(aws.polly.get_voices)
    assert aws.polly.get_voices is module
    assert callable(aws.polly.get_voices_output)
    assert aws.polly.GetVoicesResult.__module__ == "pulumi_aws.polly.get_voices"


def test_name_in_a_module_with_another_name_loads_the_whole_service(loaded: set[str]) -> None:
    assert aws.qldb.AwaitableGetLedgerResult.__module__ == "pulumi_aws.qldb.get_ledger"
    assert {"ledger", "stream"} <= _of("qldb", loaded)


def test_module_of_types_can_be_imported_from_its_service(loaded: set[str]) -> None:
    from pulumi_aws.keyspaces import outputs

    assert isinstance(outputs, ModuleType)
    assert _of("keyspaces", loaded) == {"outputs"}


def test_unknown_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'pulumi_aws\.dax' has no attribute 'Nothing'"):
        aws.dax.Nothing  # type: ignore[attr-defined]  # noqa: B018


def test_settings_of_the_provider_can_be_read() -> None:
    assert aws.config.region is None
