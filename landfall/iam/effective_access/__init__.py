"""The effective access of an identity, as a set that can be queried and compared."""

from landfall.iam.effective_access.comparing import Grant
from landfall.iam.effective_access.deciding import Held, Hold
from landfall.iam.effective_access.identities import Identity
from landfall.iam.effective_access.sets import AccessSet, effective

__all__ = ["AccessSet", "Grant", "Held", "Hold", "Identity", "effective"]
