"""What an identity holds in effect, as a set that can be asked and compared."""

from landfall.iam.access.comparing import Grant
from landfall.iam.access.deciding import Held, Hold
from landfall.iam.access.identities import Identity
from landfall.iam.access.sets import AccessSet, effective

__all__ = ["AccessSet", "Grant", "Held", "Hold", "Identity", "effective"]
