"""What an identity holds in effect, as a set that can be asked and compared."""

from landfall.iam.access.identities import Identity
from landfall.iam.access.sets import AccessSet, Held, Hold, effective

__all__ = ["AccessSet", "Held", "Hold", "Identity", "effective"]
