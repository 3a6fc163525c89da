"""The review that a build runs, on real repositories: accepted and refused changes."""

from __future__ import annotations

import subprocess

import pytest

from landfall.settings.strategies import MODELS, Strategy
from tests.scripts.conftest import Host, _key


def _names(strategy: Strategy) -> str:
    return "\n".join(MODELS[strategy].names)


@pytest.mark.parametrize(
    ("strategy", "branch"),
    [
        ("trunk", "main"),
        ("trunk", "release/1.4"),
        ("github-flow", "feature/new-page"),
        ("github-flow", "dependabot/npm/left-pad-1.3.0"),
        ("gitflow", "develop"),
        ("gitflow", "release/1.4.0"),
        ("gitflow", "hotfix/1.4.1"),
        ("explicit", "whatever"),
    ],
)
def test_a_branch_named_by_its_strategy_passes(host: Host, strategy: Strategy, branch: str) -> None:
    done = host.review(branch, NAMES=_names(strategy))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("strategy", "branch"),
    [
        ("trunk", "adas-work"),
        ("github-flow", "release/1.4"),
        ("github-flow", "feature/New Page"),
        ("github-flow", "xfeature/page"),
        ("gitflow", "release/next"),
        ("gitflow", "hotfix/urgent"),
    ],
)
def test_another_name_is_refused_with_the_names_there_are(
    host: Host, strategy: Strategy, branch: str
) -> None:
    done = host.review(branch, NAMES=_names(strategy))
    assert done.returncode == 1
    assert f"branch '{branch}' is named like none of" in done.stderr
    assert "fix: git branch -m" in done.stderr


def test_a_merge_by_the_host_passes(host: Host) -> None:
    host.branch("feature/a")
    host.commit("a")
    host.merge("feature/a")
    done = host.review("main", KEYS=host.keys)
    assert done.returncode == 0, done.stderr
    host.git("checkout", "-q", "-b", "feature/b")
    host.commit("b")
    host.merge("feature/b", squash=True)
    assert host.review("main", KEYS=host.keys).returncode == 0


def test_a_push_to_a_protected_branch_is_refused(host: Host) -> None:
    pushed = host.commit("pushed")
    done = host.review("main", KEYS=host.keys)
    assert done.returncode == 1
    assert f"commit {pushed[:7]} of Ada was not made by the host" in done.stderr


def test_a_merge_that_only_says_it_is_the_host_is_refused(host: Host) -> None:
    (host.folder / "forged").write_text("forged")
    host.git("add", "--all")
    host.git(
        *("-c", "user.name=Host", "commit", "-q", "--author", "Host <host@example.com>"),
        *("-m", "Merge pull request #1"),
    )
    assert host.review("main", KEYS=host.keys).returncode == 1


def test_signature_of_another_key_is_refused(host: Host) -> None:
    _key(host.home, "ada@example.com")
    (host.folder / "own").write_text("own")
    host.git("add", "--all")
    signed = ("-c", "user.signingkey=ada@example.com", "commit", "-q", "-S", "-m", "own")
    host.git(*signed)
    done = host.review("main", KEYS=host.keys)
    assert done.returncode == 1
    assert "was not made by the host" in done.stderr


def test_only_since_shows_a_push_below_a_merge(host: Host) -> None:
    start = host.git("rev-parse", "HEAD")
    pushed = host.commit("pushed")
    host.branch("feature/a")
    host.commit("a")
    host.merge("feature/a")
    assert host.review("main", KEYS=host.keys).returncode == 0
    done = host.review("main", KEYS=host.keys, SINCE=start)
    assert done.returncode == 1
    assert pushed[:7] in done.stderr
    foreign = host.review("main", KEYS=host.keys, SINCE="0123abc")
    assert "not in the history" in foreign.stderr


def test_commits_of_other_branches_need_no_merge(host: Host) -> None:
    host.branch("feature/a")
    host.commit("a")
    assert host.review("feature/a", KEYS=host.keys).returncode == 0


@pytest.mark.parametrize(
    ("owners", "said"),
    [(None, "no CODEOWNERS file"), ("docs/ @a\n# * @b\n", "names nobody for everything")],
)
def test_sources_need_owners(host: Host, owners: str | None, said: str) -> None:
    path = host.folder / "CODEOWNERS"
    path.unlink()
    if owners:
        path.write_text(owners)
    host.commit("owners", signed=True)
    done = host.review("main", KEYS=host.keys)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_hotfix_starts_at_main(host: Host) -> None:
    host.branch("develop")
    host.commit("unreleased")
    host.branch("hotfix/1.0.1", "main")
    host.commit("mended")
    good = host.review("hotfix/1.0.1", HOTFIXES="1", PROTECTED="main\ndevelop")
    assert good.returncode == 0, good.stderr
    host.branch("hotfix/1.0.2", "develop")
    host.commit("mended-too")
    bad = host.review("hotfix/1.0.2", HOTFIXES="1", PROTECTED="main\ndevelop")
    assert bad.returncode == 1
    assert "carries 1 commits of develop" in bad.stderr
    assert "git rebase --onto origin/main origin/develop hotfix/1.0.2" in bad.stderr


def test_a_tag_is_for_a_commit_of_a_protected_branch(host: Host) -> None:
    assert host.review(TAGS="1").returncode == 0
    host.git("checkout", "-q", "main")
    host.branch("feature/a")
    host.commit("a")
    done = host.review(TAGS="1")
    assert done.returncode == 1
    assert "on no protected branch" in done.stderr


def test_the_branch_of_a_pull_request_is_found_by_its_commit(host: Host) -> None:
    host.branch("feature/Wrong")
    host.commit("a")
    done = host.review(NAMES=_names("github-flow"))
    assert "branch 'feature/Wrong' is named like none of" in done.stderr


def test_sources_without_their_history_are_refused_where_it_counts(
    host: Host, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain = Host(tmp_path_factory.mktemp("plain"), host.home, host.keys)
    environment = {
        "PATH": plain._env()["PATH"],
        **{"BRANCH": "main", "NAMES": "main", "PROTECTED": "main", "HOTFIXES": "", "TAGS": ""},
    }
    from components.delivery.buildspecs import script

    def run(keys: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", script("review")],
            cwd=plain.folder,
            env={**environment, "KEYS": keys, "SINCE": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("").returncode == 0
    done = run(host.keys)
    assert done.returncode == 1
    assert "without their history" in done.stderr
