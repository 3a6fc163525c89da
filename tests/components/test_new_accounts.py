"""New accounts wait for their policies, and what is made in them waits until they can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError

from components.landing_zone import LandingZone, usable
from components.landing_zone.base_session import BaseCredentials
from landfall.validation import parse
from tests.components.conftest import Registered

Runner = Callable[[Callable[[], Any]], Registered]
ROLE = "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole"
CREDENTIALS = {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}


def config(**account: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "guardrails": ["deny-leaving-organization"],
            "units": {
                "Security": {"guardrails": ["deny-iam-users"]},
                "Workloads": {
                    "guardrails": ["deny-root-user"],
                    "units": {"Dev": {"guardrails": ["require-imdsv2"]}},
                },
            },
        },
        "landfall:accounts": {"orders": {"email": "a@example.com", **account}},
    }


@pytest.fixture
def depends(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The logical names that each resource with `depends_on` waits for."""
    found: dict[str, set[str]] = {}
    original = pulumi.CustomResource.__init__

    def init(self: Any, t: str, name: str, *args: Any, **kwargs: Any) -> None:
        opts = kwargs.get("opts") or next(
            (each for each in args if isinstance(each, pulumi.ResourceOptions)), None
        )
        waits = (opts.depends_on if opts is not None else None) or []
        listed = waits if isinstance(waits, list) else [waits]
        found[f"{t} {name}"] = {each._name for each in listed if hasattr(each, "_name")}
        original(self, t, name, *args, **kwargs)

    monkeypatch.setattr(pulumi.CustomResource, "__init__", init)
    return found


def test_account_waits_for_the_policies_of_its_place(
    run: Runner, depends: dict[str, set[str]]
) -> None:
    run(lambda: LandingZone(parse(config(unit="Workloads/Dev"))))
    waits = depends["aws:organizations/account:Account orders"]
    targets = {name.rpartition("@")[2] for name in waits}
    assert targets == {"Root", "Workloads", "Workloads/Dev"}


def test_account_in_the_root_waits_for_its_policies(
    run: Runner, depends: dict[str, set[str]]
) -> None:
    run(lambda: LandingZone(parse(config())))
    waits = depends["aws:organizations/account:Account orders"]
    assert {name.rpartition("@")[2] for name in waits} == {"Root"}


def test_provider_waits_for_the_accounts_own_policies(
    run: Runner, depends: dict[str, set[str]]
) -> None:
    run(lambda: LandingZone(parse(config(guardrails=["deny-iam-users"]))))
    waits = depends["pulumi:providers:aws orders"]
    assert len(waits) == 1
    assert all(name.startswith("orders/") for name in waits)


def test_created_account_is_awaited(run: Runner) -> None:
    registered = run(lambda: LandingZone(parse(config())))
    assert "account-usable" in registered.hooks


class Clock:
    """A clock that only pauses move on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[str] = []

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def wait(self, reasons: Iterator[str | None]) -> None:
        usable.await_account(
            "account orders",
            lambda: next(reasons),
            clock=lambda: self.now,
            pause=self.pause,
            tell=self.told.append,
        )


def test_usable_account_is_not_waited_for() -> None:
    clock = Clock()
    clock.wait(iter([None]))
    assert (clock.now, clock.told) == (0.0, [])


def test_progress_is_reported_each_minute() -> None:
    clock = Clock()
    clock.wait(iter([*["sts:AssumeRole is AccessDenied"] * 20, None]))
    assert 120 < clock.now < 300
    assert clock.told
    assert clock.told[0].startswith("account orders cannot be used yet, after 1 min: sts:Assume")


def test_account_that_never_works_ends_with_an_error() -> None:
    def never() -> Iterator[str | None]:
        while True:
            yield "ec2:DescribeRegions is OptInRequired"

    clock = Clock()
    with pytest.raises(usable.NotUsableError, match="20 minutes after its creation: ec2:Describe"):
        clock.wait(never())
    assert usable.LIMIT_SECONDS <= clock.now < usable.LIMIT_SECONDS + 30


def failing(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Call")


class Session:
    """A session whose calls end with error codes, or well."""

    def __init__(self, assume: str | None, describe: str | None, stacks: str | None) -> None:
        self._codes = {"sts": assume, "ec2": describe, "cloudformation": stacks}

    def client(self, name: str, **_: str) -> Any:
        code = self._codes[name]

        class Client:
            def __getattr__(self, _: str) -> Callable[..., Any]:
                def call(**_: Any) -> Any:
                    if code is not None:
                        raise failing(code)
                    return {"Credentials": CREDENTIALS}

                return call

        return Client()


@pytest.mark.parametrize(
    ("assume", "describe", "stacks", "expected"),
    [
        (None, None, None, None),
        ("AccessDenied", None, None, f"sts:AssumeRole of {ROLE} is AccessDenied"),
        (None, "OptInRequired", None, "ec2:DescribeRegions is OptInRequired"),
        (
            None,
            None,
            "SubscriptionRequiredException",
            "cloudformation:ListStacks is SubscriptionRequiredException",
        ),
        # A guardrail may deny it: the service works.
        (None, "UnauthorizedOperation", "AccessDenied", None),
    ],
)
def test_probe_tells_what_an_account_lacks(
    assume: str | None, describe: str | None, stacks: str | None, expected: str | None
) -> None:
    assert usable.probe(Session(assume, describe, stacks), ROLE)() == expected


def test_base_credentials_do_not_show_keys() -> None:
    shown = repr(BaseCredentials(keys={"aws_secret_access_key": "s3cret"}))
    assert "s3cret" not in shown


def test_opt_in_regions_are_enabled_before_the_account_is_used(
    run: Runner, depends: dict[str, set[str]]
) -> None:
    settings = config(unit="Workloads/Dev")
    settings["landfall:organization"]["regions"] = ["eu-west-1", "eu-central-2"]
    registered = run(lambda: LandingZone(parse(settings)))
    regions = registered.of("aws:account/region:Region")
    assert set(regions) == {"orders-eu-central-2", "management-eu-central-2"}
    assert all(each["regionName"] == "eu-central-2" for each in regions.values())
    # The management account must not name itself.
    assert "accountId" not in regions["management-eu-central-2"]
    assert "orders-eu-central-2" in depends["pulumi:providers:aws orders"]


@pytest.mark.parametrize(
    ("home", "expected"), [("eu-west-1", "eu-west-1"), ("eu-central-2", "us-east-1")]
)
def test_account_is_awaited_in_a_region_that_it_has(
    run: Runner, monkeypatch: pytest.MonkeyPatch, home: str, expected: str
) -> None:
    regions: list[str] = []
    original = usable.awaited

    def awaited(partition: str, region: str, role: str) -> pulumi.ResourceHookBinding:
        regions.append(region)
        return original(partition, region, role)

    monkeypatch.setattr(usable, "awaited", awaited)
    run(lambda: LandingZone(parse({**config(), "aws:region": home})))
    assert regions == [expected]


def test_regions_of_every_account_need_no_enabling(run: Runner) -> None:
    settings = config()
    settings["landfall:organization"]["regions"] = ["eu-west-1", "us-east-1"]
    registered = run(lambda: LandingZone(parse(settings)))
    assert registered.of("aws:account/region:Region") == {}
