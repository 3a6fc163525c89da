"""The grammar of each organization policy type, and what is wrong with a document.

Pure tables and checks, for stack files and for the sandbox. Each file names AWS's page of its type.
A document may be a child policy that completes a parent's, so a key is required only where AWS
requires it in the document itself.
"""

from landfall.organization_policies.catalogue import GRAMMARS, mistakes
from landfall.organization_policies.faults import Fault, Wrong

__all__ = ["GRAMMARS", "Fault", "Wrong", "mistakes"]
