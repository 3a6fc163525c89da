"""Which principals' requests have a global condition key.

AWS's 'AWS global condition context keys'.
"""

from __future__ import annotations

from typing import Final

_SOURCES: Final = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
)
NAMES_OF_SERVICES: Final = ("aws:principalservicename", "aws:principalservicenameslist")
# Keys that only a principal with an account has.
OF_PRINCIPALS: Final = frozenset(
    {
        "aws:assumedroot",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgmasteraccountid",
        "aws:principalorgpaths",
        "aws:principaltype",
        "aws:signinsessionarn",
        "aws:sourceidentity",
        "aws:tokenissuetime",
        "aws:userid",
        "aws:username",
        "kms:calleraccount",
        "kms:viaservice",
        "lambda:sourcefunctionarn",
    }
)
OF_SERVICES: Final = frozenset({*_SOURCES, *NAMES_OF_SERVICES})
