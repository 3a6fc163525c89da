"""Caches of builds: in S3 as the build's role, and local ones on the project's host."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.rehearsal import rehearsing
from landfall.rehearsal.artifacts import packed
from landfall.rehearsal.builds import Build, Built, Order
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from tests.rehearsal.small import BUCKET, Small, allowed, arn_of_role
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox

PROJECT = "greeter-unit"
S3 = {"type": "S3", "location": f"{BUCKET}/cache"}
LOCAL = {"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE", "LOCAL_CUSTOM_CACHE"]}
OBJECTS = f"arn:aws:s3:::{BUCKET}/cache/*"

Run = Callable[..., list[str]]


@pytest.fixture
def cached(server: Sandbox, pipeline: Small, tmp_path: Path) -> Iterator[Run]:
    """Run commands with a cache in the project and in the buildspec; return the log's lines."""
    sandbox = Rehearsed(server.url, MANAGEMENT)
    before = list(pipeline.policies["build"])
    pipeline.policies["build"] = [
        *before,
        allowed("s3:GetObject", "s3:PutObject", on=OBJECTS),
        allowed("s3:ListBucket", on=f"arn:aws:s3:::{BUCKET}"),
    ]
    pipeline.grant("build")
    with rehearsing.workshop(sandbox, 60) as shared:

        def run(
            project_cache: dict[str, Any],
            cache: dict[str, Any],
            *commands: str,
            sources: dict[str, str] | None = None,
            project: str = PROJECT,
        ) -> list[str]:
            (found,) = pipeline.aws("codebuild").batch_get_projects(names=[PROJECT])["projects"]
            spec = {"version": 0.2, "phases": {"install": {"commands": [*commands]}}}
            found |= {"name": project, "cache": project_cache}
            found["source"]["buildspec"] = json.dumps({**spec, "cache": cache})
            arn = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:project/{project}"
            session = sandbox.of_service(
                "codebuild.amazonaws.com", arn, arn_of_role("build"), "test", MANAGEMENT, REGION
            )
            files = {}
            for name, text in (sources or {}).items():
                files[name] = tmp_path / name.replace("/", "-")
                files[name].write_text(text)
            order = Order(
                found,
                MANAGEMENT,
                REGION,
                "codepipeline/greeter-dev",
                {"Source": packed(files)},
                "Source",
                (),
                (),
                "abc",
                session,
            )
            built: Built = Build(shared, order).run()
            return built.log.lines

        yield run
    pipeline.policies["build"] = before
    pipeline.grant("build")
    client = pipeline.aws("s3")
    for name in names(pipeline):
        client.delete_object(Bucket=BUCKET, Key=name)


def names(pipeline: Small) -> list[str]:
    found = pipeline.aws("s3").list_objects_v2(Bucket=BUCKET, Prefix="cache/")
    return sorted(each["Key"] for each in found.get("Contents", ()))


WRITE = 'mkdir -p modules "$HOME/.m2"; echo one > modules/a; echo two > "$HOME/.m2/b"; echo 3 > c'
READ = 'cat modules/a "$HOME/.m2/b" 2>&1; ls c 2>/dev/null; true'
PATHS = {"paths": ["modules/**/*", "/root/.m2/**/*"]}


def test_s3_cache_restores_before_install_what_the_last_build_left(
    cached: Run, pipeline: Small
) -> None:
    cached(S3, PATHS, WRITE)
    lines = cached(S3, PATHS, READ)
    assert {"one", "two"} <= set(lines)
    assert "c" not in lines
    cached(S3, PATHS, "echo changed > modules/a")
    assert "changed" in cached(S3, PATHS, READ)
    (name,) = names(pipeline)
    head = pipeline.aws("s3").head_object(Bucket=BUCKET, Key=name)
    assert head["SSEKMSKeyId"] == pipeline.key


def test_s3_cache_of_another_project_is_another_one(cached: Run) -> None:
    cached(S3, PATHS, WRITE)
    assert "one" not in cached(S3, PATHS, READ, project="greeter-integration")


def test_cache_of_a_key_is_written_once(cached: Run, pipeline: Small) -> None:
    keyed = {**PATHS, "key": "deps-$(codebuild-hash-files lock.json)"}
    lock = {"lock.json": "1"}
    cached(S3, keyed, WRITE, sources=lock)
    (name,) = names(pipeline)
    digest = name.rpartition("/deps-")[2]
    assert len(digest) == 64
    cached(S3, keyed, "echo changed > modules/a", sources=lock)
    assert "one" in cached(S3, keyed, READ, sources=lock)
    lines = cached(S3, keyed, READ, sources={"lock.json": "2"})
    assert "one" not in lines
    assert "[Container] No cache was found" in lines


def test_fallback_key_restores_the_newest_cache_that_begins_with_it(cached: Run) -> None:
    cached(S3, {**PATHS, "key": "deps-1"}, WRITE)
    newest = "mkdir -p modules; echo newest > modules/a"
    cached(S3, {**PATHS, "key": "deps-2"}, newest)
    cached(S3, {**PATHS, "key": "other-3"}, WRITE)
    wanted = {**PATHS, "key": "deps-4", "fallback-keys": ["none-", "deps-"]}
    assert "newest" in cached(S3, wanted, READ)
    # The build saved what it has under its own key.
    assert "newest" in cached(S3, {**PATHS, "key": "deps-4"}, READ)


def test_cache_of_other_paths_is_another_version(cached: Run) -> None:
    cached(S3, {**PATHS, "key": "deps"}, WRITE)
    fewer = {"paths": ["modules/**/*"], "key": "deps"}
    assert "one" not in cached(S3, fewer, READ)


def test_namespace_shares_a_cache_between_projects(cached: Run) -> None:
    shared = {**S3, "cacheNamespace": "team"}
    cached(shared, {**PATHS, "key": "deps"}, WRITE)
    other = cached(shared, {**PATHS, "key": "deps"}, READ, project="greeter-integration")
    assert "one" in other


@pytest.mark.parametrize(("action", "is_saved"), [("restore", False), ("save", True)])
def test_action_only_restores_or_only_saves(
    cached: Run, pipeline: Small, action: str, is_saved: bool
) -> None:
    cached(S3, {**PATHS, "action": action}, WRITE)
    assert bool(names(pipeline)) == is_saved
    cached(S3, PATHS, WRITE)
    lines = cached(S3, {**PATHS, "action": action}, READ)
    assert ("one" in lines) == (action == "restore")


@pytest.mark.parametrize(
    ("permission", "said"),
    [("s3:GetObject", "Unable to download cache"), ("s3:PutObject", "Unable to upload cache")],
)
def test_role_that_may_not_use_the_cache_builds_without_it(
    cached: Run, pipeline: Small, permission: str, said: str
) -> None:
    cached(S3, PATHS, WRITE)
    statement = pipeline.policies["build"][-2]
    statement["Action"] = [each for each in statement["Action"] if each != permission]
    pipeline.grant("build")
    lines = cached(S3, PATHS, READ)
    (why,) = [each for each in lines if said in each]
    assert f"not authorized to perform: {permission} on resource" in why
    assert ("one" in lines) == (permission == "s3:PutObject")


def test_failed_build_saves_no_cache(cached: Run, pipeline: Small) -> None:
    with pytest.raises(Exception, match="INSTALL"):
        cached(S3, PATHS, WRITE, "false")
    assert not names(pipeline)


def test_entry_outside_of_the_paths_is_skipped(
    cached: Run, pipeline: Small, tmp_path: Path
) -> None:
    cached(S3, PATHS, WRITE)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in ("sources/modules/../../../escaped", "sources/c", "sources/modules/a"):
            entry = tarfile.TarInfo(name)
            entry.size = 5
            archive.addfile(entry, io.BytesIO(b"evil\n"))
    (name,) = names(pipeline)
    pipeline.aws("s3").put_object(Bucket=BUCKET, Key=name, Body=buffer.getvalue())
    lines = cached(S3, PATHS, READ, 'ls "$CODEBUILD_SRC_DIR/../.."')
    assert "evil" in lines
    assert "escaped" not in lines
    assert len([each for each in lines if "Skipping cache entry" in each]) == 2


def test_path_of_this_machine_is_not_cached(cached: Run, pipeline: Small, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    lines = cached(S3, {"paths": [f"{tmp_path}/**/*", "../**/*"]}, WRITE)
    assert len([each for each in lines if "Cache path is not rehearsed" in each]) == 2
    assert not names(pipeline)


def test_local_cache_links_folders_of_the_host(cached: Run) -> None:
    paths = {"paths": ["modules/**/*", "/root/.m2"]}
    cached(LOCAL, paths, WRITE)
    lines = cached(LOCAL, paths, READ, "test -L modules")
    assert {"one", "two"} <= set(lines)
    assert "one" not in cached(LOCAL, paths, READ, project="greeter-integration")


def test_file_of_the_sources_replaces_the_one_of_a_local_cache(cached: Run) -> None:
    paths = {"paths": ["modules"]}
    cached(LOCAL, paths, WRITE, "echo kept > modules/b")
    lines = cached(LOCAL, paths, READ, "cat modules/b", sources={"modules/a": "from the sources\n"})
    assert {"from the sources", "kept"} <= set(lines)


def test_local_cache_takes_folders_alone(cached: Run) -> None:
    lines = cached(LOCAL, {"paths": ["modules/*.jar"]}, WRITE)
    assert any("only directories can be cached locally" in each for each in lines)


def test_source_cache_of_a_pipelines_artifact_is_ignored(cached: Run) -> None:
    only = {"type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE"]}
    cached(only, PATHS, WRITE)
    assert "one" not in cached(only, PATHS, READ)
