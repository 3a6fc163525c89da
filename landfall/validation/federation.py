"""Checks of OIDC providers and of the tokens that roles trust."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.settings import keys
from landfall.settings.cross_account_access import AccessRole
from landfall.settings.federation import URL, WELL_KNOWN, Federated, OidcProvider
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def providers(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the providers."""
    urls: dict[str, str] = {}
    for name, provider in stack.access.oidc_providers.items():
        path: Path = (keys.ACCESS, "oidcProviders", name)
        yield from _issuer(path, provider)
        other = urls.setdefault(provider.url, name)
        if other != name:
            what = (
                f"'{other}' has the same issuer, but an account allows one provider for each issuer"
            )
            yield Mistake((*path, "issuer"), what, "keep one of them", kind=Kind.NAME_TAKEN)


def _issuer(path: Path, provider: OidcProvider) -> Iterator[Mistake]:
    if provider.issuer in WELL_KNOWN:
        return
    if not re.match(URL, provider.issuer):
        what = f"'{provider.issuer[:80]}' is not an issuer"
        fix = f"write {', '.join(WELL_KNOWN)}, or a URL that starts with https://"
        yield Mistake((*path, "issuer"), what, fix, kind=Kind.INVALID_VALUE)
    elif provider.audience is None:
        what = "the audience of the tokens is missing"
        yield Mistake(
            (*path, "audience"),
            what,
            "add the value of the issuer's 'aud' claim",
            kind=Kind.MISSING_SETTING,
        )


def of_role(stack: Stack, path: Path, role: AccessRole) -> Iterator[Mistake]:
    """Yield the mistakes in a role's trusted principals and tokens."""
    if not any((role.principals, role.users, role.services, role.saml, role.federated)):
        yield Mistake(
            (*path, "principals"),
            "nobody may assume the role",
            "add principals, users, services, saml or federated",
            path,
            kind=Kind.MISSING_SETTING,
        )
    for index, name in enumerate(role.saml):
        if name not in stack.access.saml_providers:
            what = f"there is no SAML provider '{name[:80]}'"
            about = (keys.ACCESS, "samlProviders", name)
            fix = suggestion(name, stack.access.saml_providers)
            here = (*path, "saml", index)
            yield Mistake(here, what, fix, about, kind=Kind.UNKNOWN_REFERENCE)
    known = stack.access.oidc_providers
    for index, trusted in enumerate(role.federated):
        here = (*path, "federated", index)
        if trusted.provider not in known:
            what = f"there is no OIDC provider '{trusted.provider}'"
            about = (keys.ACCESS, "oidcProviders", trusted.provider)
            yield Mistake(
                (*here, "provider"),
                what,
                suggestion(trusted.provider, known),
                about,
                kind=Kind.UNKNOWN_REFERENCE,
            )
        else:
            yield from _subjects(here, trusted, known[trusted.provider])


def _subjects(path: Path, trusted: Federated, provider: OidcProvider) -> Iterator[Mistake]:
    well_known = WELL_KNOWN.get(provider.issuer)
    for index, subject in enumerate(trusted.subjects):
        what = f"'{subject[:120]}' does not identify one project"
        if well_known and not re.fullmatch(well_known.subject, subject):
            fix = f"write it as in {well_known.example}"
        elif not well_known and re.search(r"[*?]", subject):
            fix = "write it without wildcards"
        else:
            continue
        yield Mistake((*path, "subjects", index), what, fix, kind=Kind.TOO_PERMISSIVE)
