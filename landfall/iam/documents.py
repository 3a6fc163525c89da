"""Policy documents: their values (`elements`), read (`parsing`) and written (`writing`)."""

from landfall.iam.elements import (
    VERSION_2008,
    VERSION_2012,
    Condition,
    Document,
    DocumentError,
    Effect,
    Kind,
    PolicyKind,
    Principal,
    PrincipalKind,
    Qualifier,
    Statement,
)
from landfall.iam.parsing import parse
from landfall.iam.writing import canonical, merge, serialise
from landfall.problems import Problem

__all__ = [
    "VERSION_2008",
    "VERSION_2012",
    "Condition",
    "Document",
    "DocumentError",
    "Effect",
    "Kind",
    "PolicyKind",
    "Principal",
    "PrincipalKind",
    "Problem",
    "Qualifier",
    "Statement",
    "canonical",
    "merge",
    "parse",
    "serialise",
]
