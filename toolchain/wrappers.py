"""Writes `.landfall/bin`: `pulumi` and `landfall` of a checkout, and its language host if needed.

`toolchain.json` beside it records the programs found, so that later runs skip the search.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from landfall import checkout as places
from toolchain import pulumi_cli
from toolchain.pulumi_cli import Cli, Report

# In a sandbox's environment the engine reads a copy of the stack file that also has the sandbox's
# encryption salt; without it the engine writes one into the tracked file. Every call writes the
# copy again, so it is never stale. `pulumi config` applies to the tracked file. An update without
# `landfall up` keeps its events, with one of the engine's debugging options. If it is interrupted,
# the next `landfall up` looks up the resources that it was creating.
_PULUMI = r"""#!/bin/sh
# landfall: the Pulumi CLI of this checkout. Written by `landfall toolchain`.
if [ -n "${{LANDFALL_STACK_FILE:-}}" ]; then
  stack="${{LANDFALL_STACK_FILE##*/Pulumi.}}" && stack="${{stack%.yaml}}"
  refuse() {{
    echo "error: this shell belongs to the sandbox of stack $stack: $1" >&2
    exit 2
  }}
  named= part=
  for word in "$@"; do
    if [ -n "$named" ]; then other="$word"; named=; else other="$stack"; fi
    case "$word" in
      -s | --stack) named=1 ;;
      --stack=*) other="${{word#--stack=}}" ;;
      -s?*) other="${{word#-s}}" && other="${{other#=}}" ;;
      --) break ;;
    esac
    case "${{other##*/}}" in
      "$stack") continue ;;
      "$stack".*) part="${{other##*/}}" && part="${{part#"$stack".}}-" && continue ;;
    esac
    refuse "for stack $other run eval \"\$(landfall env -s $other)\", or open a new shell"
  done
  case " $* " in
    *" stack rename "*)
      refuse "a stack is renamed by its file; rename Pulumi.$stack.yaml and run landfall up" ;;
  esac
  command= value=
  for word in "$@"; do
    if [ -n "$value" ]; then value=; continue; fi
    case "$word" in
      --color | -C | --cwd | -v | --verbose | --tracing | --profiling | --otel-traces) value=1 ;;
      -*) ;;
      *) command="$word"; break ;;
    esac
  done
  case "$command" in
    config) unset PULUMI_OPTION_CONFIG_FILE ;;
    *)
      copy="${{PULUMI_OPTION_CONFIG_FILE:?}}"
      {{
        sed -E '/^(encryptionsalt|encryptedkey|secretsprovider):/d' "$LANDFALL_STACK_FILE" &&
          echo && cat "$LANDFALL_STACK_SALT"
      }} >"$copy.$$.new" && mv "$copy.$$.new" "$copy" || exit 2
      ;;
  esac
  case "$command $*" in
    *--event-log*) ;;
    "up "* | "update "*)
      runs="${{copy%/*}}/${{part}}runs" && log="$runs/$$-$(date +%s).jsonl"
      mkdir -p "$runs" && (umask 077 && : >"$log") || exit 2
      export PULUMI_DEBUG_COMMANDS=true
      set -- "$@" --event-log "$log"
      ;;
  esac
fi
{path}exec {program} "$@"
"""

# The engine warns if the language host on PATH is not the file beside the CLI. So that file is this
# script, and the checkout's is a link to it.
_BESIDE = """#!/bin/sh
# landfall: passes on to the Python language host of the checkout through which it was called.
exec "$(dirname "$0")/../language-host" "$@"
"""

_HOST = """#!/bin/sh
# landfall: the Python language host of this checkout. Written by `landfall toolchain`.
exec {python} -P -u -m toolchain.language_host "$@"
"""

_RECORD = "toolchain.json"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The programs of a checkout: the folder for PATH and the CLI behind it."""

    bin: Path
    cli: Cli
    own_language_host: bool

    @property
    def pulumi(self) -> Path:
        """Return the `pulumi` to call."""
        return self.bin / "pulumi"


def ensure(checkout: Path, report: Report, *, look_again: bool = False) -> Toolchain:
    """Return the checkout's toolchain, from the record of an earlier run if it is still valid.

    Raises:
        ProblemsError: a CLI cannot be found, installed or built.

    """
    home = places.home(checkout)
    if not look_again:
        recorded = _recorded(home)
        if recorded:
            return recorded
    return write(home, pulumi_cli.obtain(report))


def write(home: Path, cli: Cli) -> Toolchain:
    """Write the wrappers for `cli` and the record of it."""
    folder = home / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    # The record states that everything exists, so write it last.
    (home / _RECORD).unlink(missing_ok=True)
    own = not cli.has_language_host
    _script(folder / "pulumi", _wrapper(folder, cli, own=own))
    link = folder / "pulumi-language-python"
    if own:
        _script(home / "language-host", _HOST.format(python=shlex.quote(sys.executable)))
        beside = cli.path.resolve().parent / "pulumi-language-python"
        if beside.parent.is_relative_to(places.cache().resolve()):
            _script(beside, _BESIDE)
            _link(link, beside)
        else:
            _script(link, _BESIDE)
    else:
        link.unlink(missing_ok=True)
    if (command := _landfall()).exists():
        # `landfall env` puts this folder on PATH, so the command is available there.
        _link(folder / "landfall", command)
    record = {
        "cli": str(cli.path),
        "version": cli.version,
        "source": cli.source,
        "python": sys.executable,
        "ownLanguageHost": own,
        "stamp": _stamp(cli.path),
    }
    fresh = home / f"{_RECORD}.{os.getpid()}"
    fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    fresh.replace(home / _RECORD)
    return Toolchain(folder, cli, own)


def _wrapper(folder: Path, cli: Cli, *, own: bool) -> str:
    # The engine must find the checkout's language host first: the file beside a built CLI only
    # works through the link in `folder`. A shell outside `landfall env` lacks `folder` on PATH.
    path = f'export PATH={shlex.quote(str(folder.resolve()))}:"$PATH"\n' if own else ""
    return _PULUMI.format(path=path, program=shlex.quote(str(cli.path)))


def _recorded(home: Path) -> Toolchain | None:
    try:
        record = json.loads((home / _RECORD).read_text(encoding="utf-8"))
        cli = Cli(Path(record["cli"]), record["version"], record["source"])
        own = bool(record["ownLanguageHost"])
        holds = record["stamp"] == _stamp(cli.path) and record["python"] == sys.executable
        wrapper = (home / "bin" / "pulumi").read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    needed = [home / "bin" / "pulumi"]
    if own:
        needed += [home / "bin" / "pulumi-language-python", home / "language-host"]
    if _landfall().exists():
        needed.append(home / "bin" / "landfall")
    holds = holds and all(os.access(program, os.X_OK) for program in needed)
    if not holds or not pulumi_cli.is_sufficient(cli.version):
        return None
    if wrapper != _wrapper(home / "bin", cli, own=own):
        # An older version of this project wrote it. The CLI behind it is still the right one.
        return write(home, cli)
    return Toolchain(home / "bin", cli, own)


def _landfall() -> Path:
    """Return the `landfall` command of the current environment."""
    return Path(sys.executable).with_name("landfall")


def _stamp(program: Path) -> str:
    state = program.stat()
    return f"{state.st_size}-{state.st_mtime_ns}"


def _script(path: Path, text: str) -> None:
    if path.is_file() and not path.is_symlink() and path.read_text(encoding="utf-8") == text:
        return  # unchanged: other processes may be running it
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(path)


def _link(path: Path, target: Path) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
