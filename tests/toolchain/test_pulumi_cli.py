import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from landfall.problems import ProblemsError
from toolchain import go_build, pulumi_cli, wrappers
from toolchain.pulumi_cli import VERSION, Cli

SHELL_TOOLS = "/usr/bin:/bin"


def _script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _pulumi(path: Path, version: str) -> Path:
    return _script(path, f'[ "$1" = version ] && echo {version}')


class Said(list[str]):
    def __call__(self, line: str) -> None:
        self.append(line)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, with an empty cache beside it and no way to the installer."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(pulumi_cli, "installer_obstacle", lambda: "no route to host")
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def _obtain(folder: Path, said: Said) -> Cli:
    return pulumi_cli.obtain(said, {"PATH": str(folder)})


@pytest.mark.parametrize("version", [VERSION, f"v{VERSION}", "3.999.1", "3.999.0-alpha.1"])
def test_a_new_enough_cli_on_path_is_used(folder: Path, said: Said, version: str) -> None:
    program = _pulumi(folder / "pulumi", version)
    found = _obtain(folder, said)
    assert (found.path, found.source) == (program, "on PATH")
    assert not found.has_language_host


@pytest.mark.parametrize("version", ["3.0.9", "2.999.0", "4.0.0", "unknown"])
def test_another_version_on_path_is_passed_over_and_said(
    folder: Path, said: Said, version: str
) -> None:
    _pulumi(folder / "pulumi", version)
    cached = _pulumi(folder.parent / f"cache/landfall/pulumi-{VERSION}/pulumi", VERSION)
    assert _obtain(folder, said).path == cached
    assert said == [f"{folder}/pulumi is {version}; {VERSION} or newer is needed"]


def test_a_cli_that_does_not_run_is_passed_over(folder: Path, said: Said) -> None:
    _script(folder / "pulumi", "exit 1")
    cached = _pulumi(folder.parent / f"cache/landfall/pulumi-{VERSION}/bin/pulumi", VERSION)
    assert _obtain(folder, said).path == cached


def test_our_own_wrapper_is_not_taken_for_an_installation(
    folder: Path, said: Said, tmp_path: Path
) -> None:
    cached = _pulumi(folder.parent / f"cache/landfall/pulumi-{VERSION}/pulumi", VERSION)
    made = wrappers.write(tmp_path / "home", Cli(cached, VERSION, "built earlier"))
    assert pulumi_cli.is_ours(made.pulumi)
    found = pulumi_cli.obtain(said, {"PATH": f"{made.bin}:{folder}"})
    assert found.path == cached
    official = _pulumi(folder / "pulumi", "3.999.0")
    assert pulumi_cli.obtain(said, {"PATH": f"{made.bin}:{folder}"}).path == official


def test_the_official_installer_is_used_where_it_answers(
    folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pulumi.automation

    def install(root: str, version: object) -> None:
        assert str(version) == VERSION
        _pulumi(Path(root) / "bin" / "pulumi", VERSION)
        _script(Path(root) / "bin" / "pulumi-language-python", "exit 0")

    monkeypatch.setattr(pulumi_cli, "installer_obstacle", lambda: None)
    monkeypatch.setattr(pulumi.automation.PulumiCommand, "install", install)
    found = _obtain(folder, said)
    assert found.source == "official installer"
    assert found.has_language_host
    assert said == [f"Installing Pulumi {VERSION} with the official installer (about 20 s)"]
    # Nothing is left of the folder that it was installed into first.
    assert sorted(path.name for path in found.path.parents[1].iterdir()) == [
        "bin",
        "installer.lock",
    ]


@pytest.mark.parametrize(
    "failure", [OSError("reset by peer"), subprocess.CalledProcessError(1, "install.sh")]
)
def test_an_installer_that_fails_is_followed_by_the_build(
    folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    import pulumi.automation

    def install(root: str, version: object) -> None:
        raise failure

    monkeypatch.setattr(pulumi_cli, "installer_obstacle", lambda: None)
    monkeypatch.setattr(pulumi.automation.PulumiCommand, "install", install)
    _fake_go(folder)
    assert _obtain(folder, said).source == "built from Go modules"
    assert any(line.startswith("The official installer failed (") for line in said)


def _fake_go(folder: Path, version: str = "go1.26.8", build: str = "") -> None:
    """A `go` whose build writes a `pulumi` of the version that the linker is told."""
    write = (
        'while [ "$1" != -o ]; do case "$1" in *-X*) v="${1##*Version=}";; esac; shift; done\n'
        "echo example.org/a; echo example.org/b\n"
        'printf \'#!/bin/sh\\n[ "$1" = version ] && echo %s\\n\' "$v" > "$2"\n'
        '/bin/chmod +x "$2"'
    )
    _script(folder / "go", f'if [ "$1" = env ]; then echo {version}; exit; fi\n{build or write}')


def test_without_the_installer_the_cli_is_built_and_cached(folder: Path, said: Said) -> None:
    _fake_go(folder)
    found = _obtain(folder, said)
    assert found.source == "built from Go modules"
    assert found.path == folder.parent / f"cache/landfall/pulumi-{VERSION}/pulumi"
    assert "The official installer cannot be reached (no route to host)" in said
    assert [path.name for path in sorted(found.path.parent.iterdir())] == ["pulumi", "pulumi.lock"]
    (folder / "go").unlink()
    assert _obtain(folder, said).source == "built earlier"  # a second checkout builds nothing


def test_a_build_that_fails_shows_the_compilers_words_and_leaves_nothing(
    folder: Path, said: Said
) -> None:
    _fake_go(folder, build='echo "go: proxy: 403 Forbidden" >&2; exit 1')
    with pytest.raises(ProblemsError) as caught:
        _obtain(folder, said)
    assert "go: proxy: 403 Forbidden" in str(caught.value)
    assert caught.value.exit_status == 2
    assert [p.name for p in (folder.parent / f"cache/landfall/pulumi-{VERSION}").iterdir()] == [
        "pulumi.lock"
    ]


@pytest.mark.parametrize(
    ("go", "reason"),
    [(None, "Go is not installed"), ("go1.24.3", "Go is go1.24.3"), ("weird", "Go is weird")],
)
def test_with_no_way_left_one_error_names_the_three_ways(
    folder: Path, said: Said, go: str | None, reason: str
) -> None:
    if go:
        _fake_go(folder, version=go)
    with pytest.raises(ProblemsError) as caught:
        _obtain(folder, said)
    assert len(caught.value.problems) == 1
    assert caught.value.exit_status == 2
    text = str(caught.value)
    assert reason in text
    for way in ("install Pulumi", "go online", "install Go 1.26 or newer"):
        assert way in text


@pytest.mark.parametrize(("version", "fits"), [("go1.26", True), ("go1.26.0", True)])
def test_go_versions_are_read(folder: Path, version: str, fits: bool) -> None:
    _fake_go(folder, version=version)
    assert (go_build.obstacle(str(folder / "go")) is None) is fits


def test_a_second_build_waits_for_the_first(folder: Path, tmp_path: Path) -> None:
    # The first build goes on until `go-on` is there; the second must not start the compiler.
    count = tmp_path / "count"
    _fake_go(
        folder,
        build=f'echo x >> {count}; while [ "$1" != -o ]; do shift; done\n'
        f"until [ -e {tmp_path}/go-on ]; do sleep 0.02; done\n"
        'printf "#!/bin/sh\\n" > "$2"',
    )
    target = tmp_path / "out" / "pulumi"
    script = (
        "import sys; from pathlib import Path; from toolchain import go_build\n"
        "go_build.build(sys.argv[1], Path(sys.argv[2]), '1', lambda l: print(l, flush=True))"
    )
    command = [sys.executable, "-c", script, str(folder / "go"), str(target)]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline().startswith("Building Pulumi")
    second = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert second.stdout is not None
    assert second.stdout.readline().startswith("Another process is building")
    (tmp_path / "go-on").touch()
    assert (first.wait(60), second.wait(60)) == (0, 0)
    assert count.read_text() == "x\n"
    first.stdout.close()
    second.stdout.close()


def test_build_after_a_killed_one_takes_its_remains_away(folder: Path, said: Said) -> None:
    remains = folder.parent / f"cache/landfall/pulumi-{VERSION}/.building-x/pulumi"
    remains.parent.mkdir(parents=True)
    remains.write_text("half a program")
    _fake_go(folder)
    built = _obtain(folder, said)
    assert [path.name for path in sorted(built.path.parent.iterdir())] == ["pulumi", "pulumi.lock"]


def test_build_on_a_full_disk_says_so_and_leaves_nothing(folder: Path, said: Said) -> None:
    _fake_go(folder, build='echo "write $WORK/b001: no space left on device" >&2; exit 1')
    with pytest.raises(ProblemsError) as caught:
        _obtain(folder, said)
    assert caught.value.problems[0].what.startswith("the disk is full")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("v3.1.0", (3, 1, 0)), ("3.2.0-alpha.x1", (3, 2, 0)), ("", None), ("dev", None)],
)
def test_versions_are_read(text: str, numbers: tuple[int, int, int] | None) -> None:
    assert pulumi_cli.parse_version(text) == numbers


class TestWrappers:
    def test_ours_is_a_link_to_the_script_beside_the_cached_cli(
        self, folder: Path, tmp_path: Path
    ) -> None:
        # Else the engine warns at every run that the language host is not the one beside it.
        cli = _pulumi(folder.parent / f"cache/landfall/pulumi-{VERSION}/pulumi", VERSION)
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "built earlier"))
        assert made.own_language_host
        beside = cli.parent / "pulumi-language-python"
        assert (made.bin / "pulumi-language-python").resolve() == beside
        assert os.access(beside, os.X_OK)

    def test_none_where_the_official_one_stands_beside_the_cli(
        self, folder: Path, tmp_path: Path
    ) -> None:
        cli = _pulumi(folder / "pulumi", VERSION)
        (folder / "pulumi-language-python").write_bytes(b"\x7fELF")
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        assert not made.own_language_host
        assert sorted(path.name for path in made.bin.iterdir()) == ["landfall", "pulumi"]

    def test_nothing_is_written_into_an_installation_that_is_not_ours(
        self, folder: Path, tmp_path: Path
    ) -> None:
        cli = _pulumi(folder / "pulumi", VERSION)
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        assert made.own_language_host
        assert [path.name for path in folder.iterdir()] == ["pulumi"]
        assert (made.bin / "pulumi-language-python").is_file()

    def test_the_record_saves_the_search_until_something_changes(
        self, folder: Path, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LANDFALL_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("PATH", f"{folder}:{SHELL_TOOLS}")
        program = _pulumi(folder / "pulumi", VERSION)
        first = wrappers.ensure(tmp_path, said)
        with monkeypatch.context() as patch:
            patch.setattr(pulumi_cli, "obtain", lambda report: pytest.fail("searched again"))
            assert wrappers.ensure(tmp_path, said) == first
        _pulumi(program, "3.999.0-longer")
        assert wrappers.ensure(tmp_path, said).cli.version == "3.999.0-longer"
        (first.bin / "pulumi").unlink()
        assert wrappers.ensure(tmp_path, said).pulumi.exists()
        (tmp_path / "home" / "toolchain.json").write_text("{")
        assert wrappers.ensure(tmp_path, said).cli.path == program

    def test_a_wrapper_of_another_version_of_the_project_is_written_again(
        self, folder: Path, tmp_path: Path
    ) -> None:
        cli = _pulumi(folder / "pulumi", VERSION)
        home = tmp_path / "home"
        made = wrappers.write(home, Cli(cli, VERSION, "on PATH"))
        assert wrappers._recorded(home) == made
        written = made.pulumi.read_text()
        made.pulumi.write_text(f'#!/bin/sh\nexec {cli} "$@"\n')
        assert wrappers._recorded(home) == made
        assert made.pulumi.read_text() == written

    def test_half_written_wrappers_have_no_record(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cli = _pulumi(folder / "pulumi", VERSION)
        wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        monkeypatch.setattr(wrappers, "_stamp", lambda program: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        assert not (tmp_path / "home" / "toolchain.json").exists()

    def test_the_wrapper_hands_the_engine_a_fresh_copy_of_the_stack_file(
        self, folder: Path, tmp_path: Path
    ) -> None:
        cli = _script(folder / "pulumi", 'echo "$PULUMI_OPTION_CONFIG_FILE|$*"')
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        tracked, salt, copy = (
            tmp_path / name for name in ("Pulumi.tracked.yaml", "salt", "copy.yaml")
        )
        salt.write_text("encryptionsalt: v1:sandbox\n")
        environment = {
            "PATH": SHELL_TOOLS,
            "LANDFALL_STACK_FILE": str(tracked),
            "LANDFALL_STACK_SALT": str(salt),
            "PULUMI_OPTION_CONFIG_FILE": str(copy),
        }

        def call(*arguments: str) -> str:
            return subprocess.run(
                [str(made.pulumi), *arguments],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()

        for text in ("config: {a: 1}\n", "encryptionsalt: v1:mine\nconfig: {a: 2}\n"):
            tracked.write_text(text)
            assert call("preview", "--diff", "a b") == f"{copy}|preview --diff a b"
            assert tracked.read_text() == text
            kept = text.replace("encryptionsalt: v1:mine\n", "")
            assert copy.read_text() == f"{kept}\nencryptionsalt: v1:sandbox\n"
        # `pulumi config` is about the tracked file itself.
        assert call("config", "set", "a", "3") == "|config set a 3"
        assert call("--color", "up", "-Q", "config", "up") == "|--color up -Q config up"
        assert call("stack", "config").startswith(f"{copy}|")
        for named in (["-s", "tracked"], ["--stack=tracked"], ["-stracked"]):
            assert call("preview", *named).startswith(f"{copy}|preview")
        del environment["LANDFALL_STACK_FILE"]
        assert call("version") == f"{copy}|version"

    @pytest.mark.parametrize(
        ("arguments", "keeps", "runs"),
        [
            (["up", "--yes"], True, "runs"),
            (["up", "--stack", "organization/landfall/dev.canary"], True, "canary-runs"),
            (["-C", "up", "update"], True, "runs"),
            (["up", "--event-log", "mine"], False, "runs"),
            (["preview", "up"], False, "runs"),
            (["refresh"], False, "runs"),
        ],
    )
    def test_the_wrapper_keeps_the_events_of_an_update_in_the_sandbox(
        self, folder: Path, tmp_path: Path, arguments: list[str], keeps: bool, runs: str
    ) -> None:
        cli = _script(folder / "pulumi", 'echo "$PULUMI_DEBUG_COMMANDS $*"')
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        root, salt = tmp_path / "root", tmp_path / "salt"
        root.mkdir()
        for file in (tmp_path / "Pulumi.dev.yaml", salt):
            file.write_text("config: {}\n")
        environment = {
            "PATH": SHELL_TOOLS,
            "LANDFALL_STACK_FILE": str(tmp_path / "Pulumi.dev.yaml"),
            "LANDFALL_STACK_SALT": str(salt),
            "PULUMI_OPTION_CONFIG_FILE": str(root / "Pulumi.dev.yaml"),
        }
        done = subprocess.run(
            [str(made.pulumi), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        logs = list((root / runs).glob("*.jsonl"))
        assert len(logs) == keeps
        expected = [" ", *arguments]
        if keeps:
            assert logs[0].stat().st_mode & 0o777 == 0o600
            expected = ["true ", *arguments, "--event-log", str(logs[0])]
        assert done.stdout.split() == " ".join(expected).split()
        # Outside the sandbox nothing is added.
        del environment["LANDFALL_STACK_FILE"]
        done = subprocess.run(
            [str(made.pulumi), "up"], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["up"]

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["preview", "-s", "live"], "for stack live run eval"),
            (["up", "--yes", "--stack=live"], "for stack live run eval"),
            (["destroy", "-slive"], "for stack live run eval"),
            (["stack", "export", "-s", "organization/landfall/live"], "landfall/live"),
            (["stack", "rename", "other"], "rename Pulumi.dev.yaml"),
        ],
    )
    def test_the_wrapper_refuses_another_stack_than_the_sandboxs(
        self, folder: Path, tmp_path: Path, arguments: list[str], reason: str
    ) -> None:
        cli = _script(folder / "pulumi", "echo ran")
        made = wrappers.write(tmp_path / "home", Cli(cli, VERSION, "on PATH"))
        done = subprocess.run(
            [str(made.pulumi), *arguments],
            env={"PATH": SHELL_TOOLS, "LANDFALL_STACK_FILE": "/project/Pulumi.dev.yaml"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: this shell belongs to the sandbox of stack dev: ")
        assert reason in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_landfall_is_beside_pulumi_and_is_linked_again_where_it_is_missing(tmp_path: Path) -> None:
    cli = _pulumi(tmp_path / "pulumi", VERSION)
    home = tmp_path / "home"
    made = wrappers.write(home, Cli(cli, VERSION, "on PATH"))
    command = made.bin / "landfall"
    assert command.resolve() == Path(sys.executable).with_name("landfall").resolve()
    assert wrappers._recorded(home) == made
    command.unlink()
    assert wrappers._recorded(home) is None
