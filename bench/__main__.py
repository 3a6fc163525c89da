"""`make bench`: every figure as one JSON line, the quick ones first."""

from __future__ import annotations

import sys

from bench import iam_check, iam_evaluation, iam_graph, many_accounts, policy_pack, rehearsal
from landfall.problems import ProblemsError

_FIGURES = (iam_evaluation, iam_check, iam_graph, many_accounts, policy_pack, rehearsal)


def main() -> int:
    """Print every figure; the exit status is 1 if a measured command failed."""
    try:
        for module in _FIGURES:
            module.main()
    except ProblemsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
