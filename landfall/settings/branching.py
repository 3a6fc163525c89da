"""Which branches start which environment's pipeline, by branching strategy."""

from __future__ import annotations

from landfall.settings.delivery import Application, S3Source

# trunk and GitHub flow deliver every environment from main; what separates them is review.
_GITFLOW = {"dev": ("develop",), "staging": ("release/*",), "prod": ("main",)}
_MAIN = ("main",)


def branches(application: Application, environment: str) -> tuple[str, ...]:
    """Return the branches (patterns as CodePipeline takes them) that start the pipeline.

    GitFlow knows the environments dev, staging and prod; another name needs `branches`, and gets
    none here. An object in S3 has no branches: a new version of it starts every environment.
    """
    if isinstance(application.source, S3Source):
        return ()
    own = application.environments[environment].branches
    if own is not None:
        return own
    if application.strategy == "gitflow":
        return _GITFLOW.get(environment, ())
    return _MAIN
