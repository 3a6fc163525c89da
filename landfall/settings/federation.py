"""OIDC identity providers: roles trust tokens of CI systems instead of long-lived keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Distinct, Settings


@dataclass(frozen=True, slots=True)
class WellKnown:
    """A common issuer: its URL, its audience, and the pattern of its subjects.

    `subject` is a regular expression whose match identifies one project and one branch, tag or
    environment. A subject that does not match would trust several projects.
    """

    url: str
    audience: str
    subject: str
    example: str


# https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
# https://docs.gitlab.com/ci/cloud_services/aws/
WELL_KNOWN = {
    "github": WellKnown(
        "https://token.actions.githubusercontent.com",
        "sts.amazonaws.com",
        # Repositories made or renamed since 2026-07-15 have ids behind both names:
        # https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
        r"repo:([\w.-]+/[\w.-]+|[\w.-]+@[0-9]+/[\w.-]+@[0-9]+)"
        r":(environment:[^*?]+|pull_request|ref:refs/(heads|tags)/.+)",
        "repo:OWNER/REPOSITORY:environment:prod, or repo:OWNER@ID/REPOSITORY@ID:environment:prod",
    ),
    "gitlab": WellKnown(
        "https://gitlab.com",
        "https://gitlab.com",
        r"project_path:[\w.-]+(/[\w.-]+)+:ref_type:(branch|tag):ref:.+",
        "project_path:GROUP/PROJECT:ref_type:branch:ref:main",
    ),
}

URL = r"^https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*[A-Za-z0-9_~-])?$"


class OidcProvider(Settings):
    """An OIDC identity provider, created in every account with a role that trusts it."""

    issuer: str
    """`github`, `gitlab`, or the `https://` URL of the tokens' issuer."""
    audience: str | None = Field(default=None, min_length=1, max_length=255)
    """The audience (`aud`) of the tokens; required if the issuer is a URL."""

    @property
    def url(self) -> str:
        """The issuer's URL."""
        known = WELL_KNOWN.get(self.issuer)
        return known.url if known else self.issuer

    @property
    def host(self) -> str:
        """The URL without its scheme, as in IAM's ARNs and condition keys."""
        return self.url.removeprefix("https://")

    @property
    def client_id(self) -> str:
        """The required audience of tokens."""
        known = WELL_KNOWN.get(self.issuer)
        return self.audience or (known.audience if known else "")


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
Metadata = Annotated[
    str, StringConstraints(min_length=1000, max_length=10_000_000, pattern="EntityDescriptor")
]


class SamlProvider(Settings):
    """A SAML identity provider, created in every account with a role that trusts it."""

    metadata: Metadata
    """The metadata document of the identity provider, XML."""


class Federated(Settings):
    """Tokens of an OIDC provider that may assume a role."""

    provider: str
    """The provider's key in `oidcProviders`."""
    subjects: Distinct = Field(min_length=1)
    """Subjects (`sub`) of the tokens, as in `repo:example/infrastructure:environment:prod`."""
