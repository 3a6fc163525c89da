"""The baseline of one account: what holds in it as a whole, and in each of its regions.

AWS has these settings in every account from the start, so nothing here is made in the strict sense:
creating sets them, deleting puts back what AWS begins with. What an organization sets for all of
its accounts, as by a declarative policy, is left to it.
"""

from components.baseline.component import Baseline, BaselineArgs, PasswordPolicyArgs

__all__ = ["Baseline", "BaselineArgs", "PasswordPolicyArgs"]
