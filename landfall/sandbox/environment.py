"""The environment in which Pulumi and AWS clients see only the sandbox.

All `AWS_` and `PULUMI_` variables of the user are removed and the required ones are set, so that no
credential, profile, endpoint or backend of a real account reaches a process in the sandbox.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml

from landfall.sandbox import accounts
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Provider
from landfall.sandbox.server_process import Server, require_loopback

# Not a secret: a rehearsal on one machine has nothing to protect.
PASSPHRASE = "landfall-sandbox"  # noqa: S105
_OWNED = ("AWS_", "PULUMI_")
# Passed on: the user's choice of when the engine writes the state, and of operations at once.
_THE_USERS = ("PULUMI_PARALLEL", "PULUMI_SKIP_CHECKPOINTS")
# The engine's own number is four for each core. Most operations wait, here for nobody's limits.
_PARALLEL = "48"
# Unset in a shell even if absent now: the shell may set them later.
_ALWAYS_UNSET = (
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def variables(directories: Directories, server: Server, provider: Provider) -> dict[str, str]:
    """Return the variables that a sandbox sets, except PATH and proxy variables.

    Raises:
        ProblemsError: the server's endpoint is not on this machine.

    """
    require_loopback(server.url)
    return {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": accounts.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": accounts.SECRET_KEY,
        "AWS_CONFIG_FILE": str(directories.aws_config),
        "AWS_SHARED_CREDENTIALS_FILE": str(directories.aws_credentials),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_HOME": str(directories.pulumi_home),
        "PULUMI_BACKEND_URL": directories.backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DIY_BACKEND_GZIP": "true",
        # Without network access, an attempt to download costs seconds in every run.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "false" if provider.can_fetch else "true",
        "PULUMI_OPTION_CONFIG_FILE": str(directories.effective_stack_file),
        "PULUMI_PARALLEL": _PARALLEL,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "LANDFALL_SERVER": f"{server.pid} {server.started:.0f}",
        "LANDFALL_STACK_FILE": str(directories.stack_file),
        "LANDFALL_STACK_SALT": str(directories.salt),
    }


def full(
    directories: Directories,
    server: Server,
    bin_folder: Path,
    provider: Provider,
    base: Mapping[str, str],
) -> dict[str, str]:
    """Return the complete environment of a process in the sandbox, based on the user's `base`.

    `bin_folder` contains the `pulumi` to use and comes first on PATH.
    """
    environment = {name: value for name, value in base.items() if not _is_owned(name)}
    environment.update(_beside(base, variables(directories, server, provider)))
    environment["PATH"] = _first_on_path(bin_folder, base.get("PATH", os.defpath))
    environment.update(_without_proxy(base))
    return environment


def exports(
    directories: Directories,
    server: Server,
    bin_folder: Path,
    provider: Provider,
    base: Mapping[str, str],
) -> str:
    """Return lines for a POSIX shell to `eval`."""
    wanted = _beside(base, variables(directories, server, provider))
    wanted["PATH"] = _first_on_path(bin_folder, base.get("PATH", os.defpath))
    wanted.update(_without_proxy(base))
    present = {name for name in base if _is_owned(name)}
    unset = sorted((present | set(_ALWAYS_UNSET)) - set(wanted))
    lines = [f"unset {name}" for name in unset if name.isidentifier()]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in wanted.items()]
    return "\n".join(lines)


def _beside(base: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the user has not chosen."""
    return {
        name: value for name, value in wanted.items() if name not in _THE_USERS or name not in base
    }


def _is_owned(name: str) -> bool:
    return name.startswith(_OWNED) and name not in _THE_USERS


def write_aws_files(directories: Directories) -> None:
    """Write the AWS config and credentials files of the sandbox.

    They refer to no other file, so that the user's profiles are out of reach. Keeps profiles that
    were added to them, for example with `aws configure set`.
    """
    directories.aws_config.parent.mkdir(parents=True, exist_ok=True)
    region = _region(directories.stack_file)
    text = f"[default]\nregion = {region}\n{_profiles(directories.aws_config)}"
    fresh = directories.aws_config.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(directories.aws_config)
    directories.aws_credentials.write_text(
        f"[default]\naws_access_key_id = {accounts.ACCESS_KEY}\n"
        f"aws_secret_access_key = {accounts.SECRET_KEY}\n",
        encoding="utf-8",
    )


def _profiles(config: Path) -> str:
    """Return the sections of an AWS config file except `[default]`, unchanged."""
    if not config.is_file():
        return ""
    sections = re.split(r"^(?=\[)", config.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return "".join(part for part in sections[1:] if not part.startswith("[default]"))


def _region(stack_file: Path) -> str:
    # Mistakes in a stack file are reported by its validation, all at once.
    try:
        document = yaml.safe_load(stack_file.read_text(encoding="utf-8"))
        region = document["config"]["aws:region"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return "us-east-1"
    return region if isinstance(region, str) else "us-east-1"


def _first_on_path(folder: Path, path: str) -> str:
    others = [entry for entry in path.split(os.pathsep) if entry != str(folder)]
    return os.pathsep.join([str(folder), *others])


def _without_proxy(base: Mapping[str, str]) -> dict[str, str]:
    named = [entry for entry in base.get("NO_PROXY", base.get("no_proxy", "")).split(",") if entry]
    value = ",".join([*named, *(host for host in _LOOPBACK if host not in named)])
    return {"NO_PROXY": value, "no_proxy": value}
