"""The Python language host under the real engine: programs, policy packs, component packages."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from landfall import versions
from toolchain import wrappers

pytestmark = pytest.mark.engine

COMPONENTS = """
import pulumi

class Thing(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tiny:index:Thing", name)
        self.register_outputs({})

"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def no_bad(args, report):
    if args.urn.endswith("::bad"):
        report("bad things are not made here")

PolicyPack("tiny-pack", [ResourceValidationPolicy(
    "no-bad", "Nothing bad.", no_bad, enforcement_level=EnforcementLevel.MANDATORY)])
"""
PLUGIN = '''
from typing import TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host

class GardenArgs(TypedDict):
    beds: pulumi.Input[int]
    """How many beds."""

class Garden(pulumi.ComponentResource):
    """Somewhere to grow things."""
    size: pulumi.Output[int]

    def __init__(self, name: str, args: GardenArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("tiny:index:Garden", name, {}, opts)
        self.size = pulumi.Output.from_input(args["beds"])
        self.register_outputs({"size": self.size})

component_provider_host(name="tiny", components=[Garden])
'''


@dataclass
class Project:
    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return ["pulumi", "--non-interactive", "--color", "never", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )

    def processes(self) -> list[psutil.Process]:
        """What the engine started for this project and still runs."""
        home = self.environment["PULUMI_HOME"]
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("PULUMI_HOME") == home:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture(scope="module")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> wrappers.Toolchain:
    home = tmp_path_factory.mktemp("toolchain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDFALL_HOME", str(home))
        found = wrappers.ensure(home, print)
    if not found.own_language_host:
        # On a machine with the official host ours is still what is tested here.
        own = found.bin / "pulumi-language-python"
        own.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m toolchain.language_host "$@"\n')
        own.chmod(0o755)
    return found


@pytest.fixture
def project(tmp_path: Path, toolchain: wrappers.Toolchain) -> Callable[[str], Project]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "AWS_"))}
    (tmp_path / "state").mkdir()
    environment = {
        **kept,
        "PATH": f"{toolchain.bin}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(tmp_path / "pulumi-home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }

    def make(program: str, options: str = "") -> Project:
        folder = tmp_path / "project"
        folder.mkdir()
        runtime = f"runtime:\n  name: python\n  options: {options}\n" if options else ""
        (folder / "Pulumi.yaml").write_text(f"name: tiny\n{runtime or 'runtime: python'}\n")
        (folder / "__main__.py").write_text(program)
        project = Project(folder, environment)
        done = project.run("stack", "init", "dev")
        assert done.returncode == 0, done.stdout
        return project

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, "waited for 30 s"
            time.sleep(0.02)

    return wait


def test_a_program_runs_with_config_outputs_and_its_own_words(
    project: Callable[..., Project],
) -> None:
    made = project(
        COMPONENTS
        + "import sys, neighbour\n"
        + "print('said by', neighbour.NAME); print('warned', file=sys.stderr)\n"
        + "Thing('a'); Thing('b')\n"
        + "pulumi.export('greeting', pulumi.Config().require('greeting'))\n"
        + "pulumi.export('secret', pulumi.Config().require_secret('password'))\n"
        + "pulumi.export('where', [pulumi.get_project(), pulumi.get_stack(),\n"
        + "  pulumi.runtime.get_root_directory()])\n"
    )
    (made.folder / "neighbour.py").write_text("NAME = 'the neighbour'\n")
    made.run("config", "set", "--secret", "password", "sesame")
    with (made.folder / "Pulumi.dev.yaml").open("a") as file:
        file.write(f"  tiny:greeting: hello {'x' * 200_000}\n")  # longer than an argument may be
    done = made.run("up", "--yes", "--suppress-outputs")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "said by the neighbour" in done.stdout
    assert "warned" in done.stdout
    assert "using pulumi-language-python" not in done.stdout
    outputs = json.loads(made.run("stack", "output", "--json").stdout)
    assert outputs["greeting"] == "hello " + "x" * 200_000
    assert outputs["secret"] == "[secret]"
    assert outputs["where"] == ["tiny", "dev", str(made.folder)]
    again = made.run("up", "--yes", "--suppress-outputs", "--expect-no-changes")
    assert again.returncode == 0, again.stdout[-3000:]
    assert not made.processes()


def test_a_mistake_in_the_program_shows_its_own_lines_only(
    project: Callable[..., Project],
) -> None:
    made = project("import broken\n")
    (made.folder / "broken.py").write_text("def f():\n    return 1 / 0\n\nf()\n")
    done = made.run("preview")
    assert done.returncode != 0
    assert done.stdout.count("ZeroDivisionError: division by zero") == 1
    assert 'broken.py", line 2, in f' in done.stdout
    assert "runpy" not in done.stdout
    assert "language_host.py" not in done.stdout
    assert "asyncio" not in done.stdout


@pytest.mark.parametrize(
    "failure",
    [
        "raise pulumi.RunError('the unit Workloads/Dev does not exist')",
        "def fail(_):\n    raise pulumi.RunError('the unit Workloads/Dev does not exist')\n"
        "pulumi.export('x', pulumi.Output.from_input(1).apply(fail))",
    ],
)
def test_a_run_error_shows_its_message_only(project: Callable[..., Project], failure: str) -> None:
    done = project(f"import pulumi\n{failure}\n").run("preview")
    assert done.returncode != 0
    assert "error: the unit Workloads/Dev does not exist" in done.stdout
    assert "Traceback" not in done.stdout


def test_early_end_of_the_program_is_reported(project: Callable[..., Project]) -> None:
    done = project("import os\nos._exit(7)\n").run("preview")
    assert done.returncode != 0
    assert "the program ended with status 7" in done.stdout


@pytest.mark.parametrize("statement", ["sys.exit()", "sys.exit(0)"])
def test_a_program_may_end_itself(project: Callable[..., Project], statement: str) -> None:
    done = project(f"import sys\n{statement}\n").run("preview")
    assert done.returncode == 0, done.stdout


def test_a_syntax_error_names_file_and_line(project: Callable[..., Project]) -> None:
    done = project("import pulumi\nx = = 1\n").run("preview")
    assert done.returncode != 0
    assert '__main__.py", line 2' in done.stdout
    assert "SyntaxError" in done.stdout


def test_the_programs_own_virtualenv_is_used(project: Callable[..., Project]) -> None:
    made = project(
        "import sys, pulumi\npulumi.export('prefix', sys.prefix)\n"
        "import only_there\npulumi.export('only', only_there.X)\n",
        options="{virtualenv: its-venv}",
    )
    venv = made.folder / "its-venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "borrowed.pth").write_text(f"{ours}\n")
    (site / "only_there.py").write_text("X = 42\n")
    done = made.run("up", "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout
    outputs = json.loads(made.run("stack", "output", "--json").stdout)
    assert outputs == {"prefix": str(venv), "only": 42}


def test_interpreter_without_the_sdk_is_reported(project: Callable[..., Project]) -> None:
    made = project("import pulumi\n", options="{virtualenv: bare}")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(made.folder / "bare")], check=True
    )
    done = made.run("preview")
    assert done.returncode != 0
    assert "lacks the Pulumi SDK" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_policy_pack_stops_what_it_forbids(project: Callable[..., Project]) -> None:
    made = project(COMPONENTS + "Thing('good'); Thing('bad')\n")
    pack = made.folder / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(PACK)
    done = made.run("up", "--yes", "--policy-pack", "pack")
    assert done.returncode != 0
    assert "bad things are not made here" in done.stdout
    assert "KeyboardInterrupt" not in done.stdout
    (made.folder / "__main__.py").write_text(COMPONENTS + "Thing('good')\n")
    allowed = made.run("up", "--yes", "--policy-pack", "pack")
    assert allowed.returncode == 0, allowed.stdout
    assert not made.processes()


def test_a_pack_that_cannot_start_shows_why(project: Callable[..., Project]) -> None:
    made = project("")
    pack = made.folder / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text("raise SystemExit('the pack has no rules')\n")
    done = made.run("preview", "--policy-pack", "pack")
    assert done.returncode != 0
    assert "the pack has no rules" in done.stdout


def test_the_schema_of_a_component_package_is_read(project: Callable[..., Project]) -> None:
    made = project("")
    plugin = made.folder / "garden"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\nname: tiny\nversion: 1.2.3\n")
    (plugin / "__main__.py").write_text(PLUGIN)
    # The engine installs what the package needs; the provider of pulumi_aws counts as there.
    aws = Path(made.environment["PULUMI_HOME"]) / "plugins" / f"resource-aws-v{versions.PULUMI_AWS}"
    aws.mkdir(parents=True)
    (aws / "pulumi-resource-aws").write_text("")
    (aws / "pulumi-resource-aws").chmod(0o755)
    done = made.run("package", "get-schema", "./garden")
    assert done.returncode == 0, done.stdout
    schema = json.loads(done.stdout[done.stdout.index("{") :])
    garden = schema["resources"]["tiny:index:Garden"]
    assert garden["isComponent"]
    assert garden["requiredInputs"] == ["beds"]
    assert garden["inputProperties"]["beds"]["type"] == "integer"


def test_about_names_the_interpreter_and_the_provider_of_the_sdk(
    project: Callable[..., Project],
) -> None:
    made = project("")
    about = made.run("about", "--json").stdout
    described = json.loads(about[about.index("{") :])
    assert described["runtime"]["executable"] == sys.executable
    assert described["runtime"]["version"] == sys.version.split()[0]
    # From pulumi-plugin.json of the installed pulumi_aws.
    named = {plugin["name"]: plugin["version"] for plugin in described["plugins"]}
    assert named["aws"] == versions.PULUMI_AWS


def test_an_interrupt_quietly_ends_a_run_whose_program_would_go_on(
    project: Callable[..., Project], until: Callable[[Callable[[], bool]], None]
) -> None:
    made = project(
        COMPONENTS
        + "import pathlib, time\nThing('a')\npathlib.Path('begun').touch()\ntime.sleep(600)\n"
    )
    output = made.folder.parent / "output"
    with output.open("w") as file:
        engine = subprocess.Popen(
            made.command("up", "--yes", "--skip-preview"),
            cwd=made.folder,
            env=made.environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    until((made.folder / "begun").exists)
    engine.send_signal(signal.SIGINT)
    # The program itself would sleep for ten minutes.
    assert engine.wait(120) != 0
    text = output.read_text()
    assert "Traceback" not in text
    assert "KeyboardInterrupt" not in text
    until(lambda: not made.processes())


def test_a_killed_engine_leaves_no_process(
    project: Callable[..., Project], until: Callable[[Callable[[], bool]], None]
) -> None:
    made = project("import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)\n")
    engine = subprocess.Popen(
        made.command("up", "--yes", "--skip-preview"),
        cwd=made.folder,
        env=made.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until((made.folder / "begun").exists)
    engine.kill()
    engine.wait(60)
    until(lambda: not made.processes())


def test_language_host_started_by_hand_prints_its_purpose() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "toolchain.language_host"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "started by pulumi" in done.stderr
