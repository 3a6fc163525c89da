"""Issuers of OIDC tokens: whose tokens they are, and which part of a subject names the owner.

A shared issuer gives tokens to whoever has an account there, so that a subject has to name an
owner. A private issuer (an EKS cluster, a Bitbucket workspace) issues them to its own users.
Sources: each issuer's documentation of its token, named beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final


class Width(Enum):
    """Whom a subject allows, the narrowest first."""

    NAMED = "a named repository, environment or user"
    REPOSITORY = "every branch, tag and pull request of a repository"
    OWNER = "every repository of an owner"
    ANYBODY = "any user of the provider"


ORDER: Final = list(Width)


class Part(Enum):
    """What a part of a subject names."""

    OWNER = "who owns it"
    PROJECT = "one thing of the owner"
    BOTH = "owner and thing, divided by a slash"
    THING = "one thing, unique without its owner"
    PAIR = "a namespace; the next part is the account in it"


@dataclass(frozen=True, slots=True, eq=False)
class Issuer:
    """An issuer; `host` is a pattern of its URL without scheme.

    `parts` says what the text behind each word of a subject names. `divider` divides the words; a
    subject without words is `positional`: its first part names the thing.
    """

    host: re.Pattern[str]
    shared: bool
    parts: Mapping[str, Part]
    divider: str = ":"
    positional: bool = False


def _issuer(
    host: str, parts: Mapping[str, Part], *, shared: bool, divider: str = ":", first: bool = False
) -> Issuer:
    return Issuer(re.compile(host), shared, parts, divider, first)


# GitHub Docs: 'OpenID Connect reference' (default and customized subjects).
GITHUB: Final = _issuer(
    r"token\.actions\.githubusercontent\.com(/.*)?",
    {
        "repo": Part.BOTH,
        "repository": Part.BOTH,
        "repository_owner": Part.OWNER,
        "repository_owner_id": Part.OWNER,
        "repository_id": Part.THING,
        "enterprise": Part.OWNER,
        "enterprise_id": Part.OWNER,
        "job_workflow_ref": Part.BOTH,
        "workflow_ref": Part.BOTH,
    },
    shared=True,
)
# GitLab Docs: 'OpenID Connect (OIDC) Authentication Using ID Tokens'.
_GITLAB_PARTS: Final = {
    "project_path": Part.BOTH,
    "namespace_path": Part.OWNER,
    "namespace_id": Part.OWNER,
    "project_id": Part.THING,
}
# Kubernetes: 'Service accounts'; EKS User Guide: 'IAM roles for service accounts'.
_KUBERNETES_PARTS: Final = {"serviceaccount": Part.PAIR}
_ISSUERS: Final = (
    GITHUB,
    _issuer(r"gitlab\.com", _GITLAB_PARTS, shared=True),
    _issuer(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/.*", _KUBERNETES_PARTS, shared=False),
    # Atlassian: 'Integrate Pipelines with resource servers using OIDC'.
    _issuer(r"api\.bitbucket\.org/2\.0/workspaces/[^/]+/.*", {}, shared=False, first=True),
    # CircleCI: 'Using OpenID Connect tokens in jobs'.
    _issuer(
        r"oidc\.circleci\.com/org/.*",
        {"org": Part.OWNER, "project": Part.PROJECT},
        shared=False,
        divider="/",
    ),
    # HashiCorp: 'Workload identity tokens'.
    _issuer(
        r"app\.(eu\.)?terraform\.io",
        {"organization": Part.OWNER, "workspace": Part.PROJECT},
        shared=True,
    ),
    # Buildkite: 'OpenID Connect'.
    _issuer(
        r"agent\.buildkite\.com",
        {"organization": Part.OWNER, "pipeline": Part.PROJECT},
        shared=True,
    ),
    # Pulumi Cloud: 'OpenID Connect token claims'; Vercel: 'OpenID Connect reference'.
    _issuer(
        r"api\.pulumi\.com/oidc",
        {"org": Part.OWNER, "project": Part.PROJECT, "env": Part.PROJECT},
        shared=True,
    ),
    _issuer(
        r"oidc\.vercel\.com(/.*)?",
        {"owner": Part.OWNER, "project": Part.PROJECT},
        shared=True,
    ),
    # Google, Cognito and the others that AWS knows by name: the subject is one user's number.
    _issuer(r"accounts\.google\.com", {}, shared=True, first=True),
    _issuer(
        r"cognito-identity\.amazonaws\.com|graph\.facebook\.com|www\.amazon\.com",
        {},
        shared=True,
        first=True,
    ),
    # Microsoft: 'Access token claims reference'; the issuer is one tenant's.
    _issuer(
        r"sts\.windows\.net/.+|login\.microsoftonline\.(com|us)/.+", {}, shared=False, first=True
    ),
    # Amazon Cognito user pools: the subject is one user's id.
    _issuer(r"cognito-idp\.[a-z0-9-]+\.amazonaws\.com/.+", {}, shared=False, first=True),
)
# Any other is treated as its owner's, for example a self-managed GitLab or a cluster.
_OWN: Final = Issuer(re.compile(""), False, {**_GITLAB_PARTS, **_KUBERNETES_PARTS, **GITHUB.parts})
# Words whose value the owner's people choose, so that a bare wildcard is every one of them.
_BROAD: Final = re.compile(
    r"[*?]*|((ref_type|branch|tag|ref|environment|pull_request|\*)[:/]?)*"
    r"(refs/(heads|tags|\*)/)?\*+"
)


@lru_cache(maxsize=1024)
def of_host(host: str) -> Issuer:
    """Return the issuer of a URL without scheme; a private one if it is not listed."""
    return next((one for one in _ISSUERS if one.host.fullmatch(host.lower())), _OWN)


@lru_cache(maxsize=4096)
def width(issuer: Issuer, value: str) -> Width:
    """Return whom a value of the subject allows; `value` can have wildcards."""
    if not value.strip("*?:/"):
        return Width.ANYBODY
    if issuer.positional:
        return _positional(issuer, value)
    words = value.split(issuer.divider)
    best: Width | None = None
    for place, word in enumerate(words[:-1]):
        if _wild(word):
            break
        part = issuer.parts.get(word)
        if part is None or (part is Part.PROJECT and best is None and issuer.shared):
            continue
        found = _of_part(part, words[place + 1], issuer.divider.join(words[place + 2 :]))
        if found is Width.ANYBODY:
            break
        best = found if best is None else min(best, found, key=ORDER.index)
    if best is not None:
        return best
    if issuer.shared:
        return Width.ANYBODY
    # A subject of a custom issuer cannot allow more than no subject does.
    return Width.OWNER if _wild(value) else Width.NAMED


def _of_part(part: Part, name: str, rest: str) -> Width:
    """Judge the text behind one word, and what follows it."""
    if part is Part.PROJECT:
        return Width.OWNER if _wild(name) else Width.NAMED
    owner, slash, thing = name.partition("/") if part is Part.BOTH else (name, "/", "")
    if not slash and "@" in owner:
        # The wildcard behind the owner's id takes in the slash and the name.
        slash, thing = "/", "*"
    if not owner or not slash or _wild(_without_id(owner)):
        return Width.ANYBODY
    if part is Part.OWNER or _wild(_without_id(thing)):
        return Width.OWNER
    if part is Part.PAIR:
        return Width.REPOSITORY if _wild(rest) else Width.NAMED
    return Width.REPOSITORY if rest and _BROAD.fullmatch(rest) else Width.NAMED


def _positional(issuer: Issuer, value: str) -> Width:
    """Judge a subject whose first part is the thing itself, by an id."""
    first = value.partition(":")[0]
    if not _wild(first):
        return Width.NAMED
    return Width.ANYBODY if issuer.shared else Width.OWNER


def _without_id(name: str) -> str:
    """Leave out the id behind a name: no name of an owner or a repository has an @."""
    return name.partition("@")[0]


def _wild(text: str) -> bool:
    return "*" in text or "?" in text
