"""The baseline of one account: account-wide settings, and settings of each region.

Every account has these settings from the start, so nothing here is really created:
creation sets them, deletion restores AWS's defaults. Settings that an organization controls,
for example by a declarative policy, are left to it.
"""

from components.baseline.component import Baseline, BaselineArgs, PasswordPolicyArgs

__all__ = ["Baseline", "BaselineArgs", "PasswordPolicyArgs"]
