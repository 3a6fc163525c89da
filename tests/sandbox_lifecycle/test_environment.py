import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from landfall.problems import ProblemsError
from landfall.sandbox import environment, server_process
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Kind, Provider
from landfall.sandbox.server_process import require_loopback

PROVIDER = Provider(Kind.TERRAFORM, "/x/terraform-provider-aws")

# What a user's shell may hold, each of which would lead a client to a real account or proxy.
HOSTILE = {
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_SESSION_TOKEN": "real-token",
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/admin",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/home/me/token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/creds",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/creds",
    "AWS_ENDPOINT_URL": "https://sts.amazonaws.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
    "AWS_ENDPOINT_URL_ORGANIZATIONS": "https://organizations.us-east-1.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://169.254.169.254",
    "AWS_REGION": "us-west-2",
    "PULUMI_ACCESS_TOKEN": "pul-real",
    "PULUMI_BACKEND_URL": "s3://company-state",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/home/me/passphrase",
    "PULUMI_CONFIG_PASSPHRASE": "mine",
    "PULUMI_HOME": "/home/me/.pulumi",
    "PULUMI_STACK": "production",
    "PULUMI_OPTION_TARGET": "urn:x",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "NO_PROXY": "intranet.example.com",
}

SHOW = """
import boto3, json
session = boto3.Session()
out = {"key": session.get_credentials().access_key, "token": session.get_credentials().token,
       "region": session.region_name, "profile": session.profile_name}
out["endpoints"] = {s: session.client(s).meta.endpoint_url for s in
                    ("sts", "s3", "organizations", "iam", "codepipeline", "s3control")}
out["account"] = session.client("sts").get_caller_identity()["Account"]
print(json.dumps(out))
"""


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "aws-config"
    config.write_text(
        "[default]\nrole_arn = arn:aws:iam::999999999999:role/admin\n"
        "source_profile = production\nendpoint_url = https://sts.amazonaws.com\n"
        "[profile production]\ncredential_process = /bin/false\nregion = us-west-2\n"
    )
    home = tmp_path / "user"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(config.read_text())
    (home / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n"
    )
    return {
        **os.environ,
        **HOSTILE,
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws" / "credentials"),
    }


def _ask(variables: dict[str, str]) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=variables, capture_output=True, text=True, check=True
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_client_with_a_users_profiles_reaches_only_the_sandbox(
    running: Directories, hostile: dict[str, str], tmp_path: Path
) -> None:
    server = server_process.read(running)
    assert server is not None
    environment.write_aws_files(running)
    found = _ask(environment.full(running, server, tmp_path / "bin", PROVIDER, hostile))
    assert found["key"] == "AKIALANDFALLSANDBOX1"
    assert found["token"] is None
    assert found["profile"] == "default"
    assert found["region"] == "eu-west-1"
    assert set(found["endpoints"].values()) == {server.url}  # type: ignore[attr-defined]
    # The request really came here, past the proxy that the user has set.
    assert found["account"] == server.account
    assert running.request_log.read_text().split()[-1] == "AKIALANDFALLSANDBOX1"


def test_a_shell_with_the_exports_reaches_only_the_sandbox(
    running: Directories, hostile: dict[str, str], tmp_path: Path
) -> None:
    server = server_process.read(running)
    assert server is not None
    environment.write_aws_files(running)
    script = environment.exports(running, server, tmp_path / "a b'c", PROVIDER, hostile)
    shown = subprocess.run(
        ["/bin/sh", "-c", 'eval "$EXPORTS"; unset EXPORTS; env -0'],
        env={**hostile, "EXPORTS": script},
        capture_output=True,
        check=True,
    ).stdout.decode()
    variables = dict(entry.split("=", 1) for entry in shown.split("\0") if "=" in entry)
    assert variables["PATH"].startswith(f"{tmp_path}/a b'c:")
    for name in HOSTILE:
        if name.startswith(("AWS_", "PULUMI_")):
            assert variables.get(name) != HOSTILE[name], name
    assert _ask(variables)["account"] == server.account


def test_nothing_of_the_users_aws_or_pulumi_settings_is_kept(running: Directories) -> None:
    server = server_process.read(running)
    assert server is not None
    found = environment.full(running, server, Path("/bin"), PROVIDER, {**HOSTILE, "EDITOR": "vi"})
    kept = {name for name, value in found.items() if HOSTILE.get(name) == value}
    assert kept == {"HTTP_PROXY", "HTTPS_PROXY", "http_proxy"}
    assert found["EDITOR"] == "vi"
    assert found["NO_PROXY"] == "intranet.example.com,127.0.0.1,localhost,::1"
    assert found["AWS_EC2_METADATA_DISABLED"] == "true"
    assert found["PULUMI_BACKEND_URL"] == running.backend.as_uri()


def test_exports_unset_what_a_later_profile_script_could_have_set(running: Directories) -> None:
    server = server_process.read(running)
    assert server is not None
    lines = environment.exports(running, server, Path("/bin"), PROVIDER, {}).splitlines()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "PULUMI_ACCESS_TOKEN"):
        assert f"unset {name}" in lines


def test_the_users_choice_of_how_the_engine_works_is_kept(running: Directories) -> None:
    server = server_process.read(running)
    assert server is not None
    user = {"PULUMI_PARALLEL": "3", "PULUMI_SKIP_CHECKPOINTS": "true"}
    found = environment.full(running, server, Path("/bin"), PROVIDER, user)
    assert {name: found[name] for name in user} == user
    exports = environment.exports(running, server, Path("/bin"), PROVIDER, user)
    assert not any(name in exports for name in user)
    assert "PULUMI_SKIP_CHECKPOINTS" not in environment.full(
        running, server, Path("/bin"), PROVIDER, {}
    )
    assert "PULUMI_PARALLEL=48" in environment.exports(running, server, Path("/bin"), PROVIDER, {})


def test_plugins_are_fetched_only_where_they_can_be(running: Directories) -> None:
    server = server_process.read(running)
    assert server is not None
    online = Provider(Kind.OFFICIAL, "/x", can_fetch=True)
    name = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
    assert environment.variables(running, server, PROVIDER)[name] == "true"
    assert environment.variables(running, server, online)[name] == "false"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:4566",
        "http://localhost:4566",  # a name: the hosts file decides
        "https://sts.amazonaws.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://[::ffff:10.0.0.1]:1",
        "",
    ],
)
def test_an_endpoint_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(ProblemsError, match="not a loopback address"):
        require_loopback(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.8.9.1:1", "http://[::1]:1"])
def test_a_loopback_endpoint_is_taken(url: str) -> None:
    require_loopback(url)


def test_a_stack_file_with_mistakes_still_gives_an_environment(running: Directories) -> None:
    running.stack_file.write_text("config: [\n")
    environment.write_aws_files(running)
    assert "region = us-east-1" in running.aws_config.read_text()


def test_profiles_that_were_added_in_the_sandbox_are_kept(running: Directories) -> None:
    environment.write_aws_files(running)
    added = "[profile delivery]\nregion = eu-west-1\nsource_profile = default\n"
    with running.aws_config.open("a") as file:
        file.write(added)
    running.stack_file.write_text("config: {aws:region: us-west-2}\n")
    for _ in range(2):
        environment.write_aws_files(running)
    assert running.aws_config.read_text() == f"[default]\nregion = us-west-2\n{added}"


def test_the_server_itself_does_not_see_the_users_account(
    running: Directories, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    found = server_process._server_environment()
    assert not {name for name in found if name.startswith(("AWS_", "PULUMI_"))} - {
        "AWS_EC2_METADATA_DISABLED"
    }
    assert found["NO_PROXY"] == "*"
