"""What flows from action to action: artifacts, and variables in namespaces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from landfall.aws.codepipeline.configuration import kind_of
from landfall.aws.codepipeline.problems import ACTION, STRUCTURE, Problem, Structure, actions

REFERENCE = re.compile(r"#\{([^}]*)\}")
"""A reference to a variable. CodePipeline resolves it in values of an action's and a rule's
configuration, in commands and in environment variables; everywhere else it is plain text."""

_OF_EXECUTION = "codepipeline"
_OF_PIPELINE = "variables"

_FORMAT = (
    "Valid format for a pipeline execution variable reference is a namespace and a key separated "
    "by a period (.). The following pipeline execution variables are "
)


def problems(pipeline: Structure) -> Iterator[Problem]:
    """Yield what is wrong: User Guide, 'Action structure requirements' and 'Variables'."""
    yield from _artifacts(pipeline)
    yield from _namespaces(pipeline)
    yield from _declared(pipeline)
    yield from _references(pipeline)


def unknown_variables(pipeline: Structure) -> Iterator[str]:
    """Yield references to variables that the action of a namespace never gives.

    CodePipeline learns of it when the referring action runs, which then fails.
    """
    given = {
        action["namespace"]: kind_of(action)
        for _, action in actions(pipeline)
        if "namespace" in action
    }
    for _, action in actions(pipeline):
        for _, reference in references(action):
            namespace, _, name = reference.partition(".")
            kind = given.get(namespace)
            if kind is not None and kind.variables is not None and name not in kind.variables:
                yield (
                    f"{action['name']} refers to #{{{reference}}}; an action of "
                    f"{kind.provider} gives {', '.join(kind.variables) or 'no variables'}"
                )


def references(action: Structure) -> Iterator[tuple[str, str]]:
    """Yield the references of an action: the configuration's key, and what is in the braces."""
    texts = [
        *action.get("configuration", {}).items(),
        *(("commands", command) for command in action.get("commands", [])),
        *(
            ("environmentVariables", each.get("value", ""))
            for each in action.get("environmentVariables", [])
        ),
    ]
    for key, text in texts:
        for found in REFERENCE.finditer(text):
            yield key, found.group(1)


def groups(stage: Structure) -> list[list[Structure]]:
    """Return the actions of a stage, those of one run order together, in their order."""
    orders = sorted({action.get("runOrder", 1) for action in stage["actions"]})
    return [
        [action for action in stage["actions"] if action.get("runOrder", 1) == order]
        for order in orders
    ]


def _artifacts(pipeline: Structure) -> Iterator[Problem]:
    made: set[str] = set()
    for stage in pipeline["stages"]:
        for group in groups(stage):
            for action in group:
                for artifact in action.get("inputArtifacts", []):
                    if artifact["name"] not in made:
                        yield Problem(
                            ACTION,
                            f"Input Artifact Bundle {artifact['name']} in action "
                            f"{action['name']} is not declared as Output Artifact Bundle in any "
                            "of the preceding actions",
                        )
            for action in group:
                for artifact in action.get("outputArtifacts", []):
                    if artifact["name"] in made:
                        yield Problem(
                            ACTION,
                            "UniqueOutputArtifactNamesRule: output artifact "
                            f"{artifact['name']} is declared more than once",
                        )
                    made.add(artifact["name"])


def _namespaces(pipeline: Structure) -> Iterator[Problem]:
    taken = [
        (stage, action, action["namespace"])
        for stage, action in actions(pipeline)
        if "namespace" in action
    ]
    counted = Counter(namespace for _, _, namespace in taken)
    artifacts = {
        artifact["name"]
        for _, action in actions(pipeline)
        for artifact in action.get("outputArtifacts", [])
    }
    for stage, action, namespace in taken:
        where = (
            f"StageName=[{stage['name']}], ActionName=[{action['name']}], Namespace=[{namespace}]"
        )
        if counted[namespace] > 1:
            yield Problem(
                ACTION,
                "Namespaces must be unique across the pipeline definition. The following occur "
                f"more than once in the pipeline. {where}",
            )
        if namespace in (_OF_EXECUTION, _OF_PIPELINE):
            yield Problem(ACTION, f"The following namespaces are reserved. {where}")
        if namespace in artifacts:
            yield Problem(ACTION, f"The following namespaces are names of artifacts. {where}")


def _declared(pipeline: Structure) -> Iterator[Problem]:
    names = Counter(each["name"] for each in pipeline.get("variables", []))
    for name, count in names.items():
        if count > 1:
            yield Problem(
                STRUCTURE,
                "Variable names must be unique. The following variable name is already in use: "
                f"{name}",
            )


def _references(pipeline: Structure) -> Iterator[Problem]:
    everywhere = {action["namespace"] for _, action in actions(pipeline) if "namespace" in action}
    declared = {each["name"] for each in pipeline.get("variables", [])}
    before: set[str] = set()
    for stage in pipeline["stages"]:
        for group in groups(stage):
            for action in group:
                for key, reference in references(action):
                    where = (
                        f"\nStageName=[{stage['name']}], ActionName=[{action['name']}], "
                        f"ActionConfigurationKey=[{key}], VariableReferenceText=[{reference}]"
                    )
                    namespace, dot, name = reference.partition(".")
                    if not dot or not name:
                        yield Problem(ACTION, f"{_FORMAT}not of that format.{where}")
                    elif namespace == _OF_PIPELINE and declared:
                        yield from _of_pipeline(action, name, declared, where)
                    elif namespace == _OF_EXECUTION or namespace in before:
                        continue
                    elif namespace in everywhere:
                        yield Problem(
                            ACTION,
                            f"{_FORMAT}referencing a namespace of an action that does not come "
                            f"before.{where}",
                        )
                    else:
                        yield Problem(
                            ACTION, f"{_FORMAT}referencing a namespace that does not exist.{where}"
                        )
            before |= {action["namespace"] for action in group if "namespace" in action}


def _of_pipeline(action: Structure, name: str, declared: set[str], where: str) -> Iterator[Problem]:
    if action["actionTypeId"]["category"] == "Source":
        text = f"Variables at the pipeline level cannot be used in source actions.{where}"
        yield Problem(STRUCTURE, text)
    elif name not in declared:
        yield Problem(STRUCTURE, f"The referenced variables haven't been declared.{where}")
