"""Paths of several steps through an organization, and the shortest of them.

The nodes are the principals' ARNs and, for each account, its administrator; the edges are the
single steps of `steps`, each with its proof.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import networkx as nx

from landfall.iam.escalation.accounts import Organization
from landfall.iam.escalation.steps import Move, Moves, administrator

# A step that may need something more counts as a little longer, so that of two ways as long the
# certain one is shown.
_UNCERTAIN: Final = 1.001


@dataclass(frozen=True, slots=True)
class Route:
    """A route from one principal to a target, step by step."""

    moves: tuple[Move, ...]

    @property
    def is_certain(self) -> bool:
        """Whether no step depends on more than the policies."""
        return all(move.certain for move in self.moves)

    @property
    def proof(self) -> tuple[str, ...]:
        """The proofs of all steps, in order."""
        return tuple(line for move in self.moves for line in move.proof)


class EscalationGraph:
    """The graph of who can become whom in an organization; made by `build`."""

    def __init__(self, organization: Organization) -> None:
        self._graph: nx.DiGraph[str] = nx.DiGraph()
        self._moves: dict[tuple[str, str], Move] = {}
        self._accounts = [account.id for account in organization.accounts]
        for _, principal in organization.principals():
            self._graph.add_node(principal.arn)
        for account in self._accounts:
            self._graph.add_node(administrator(account))
        moves = Moves(organization)
        for move in moves.all():
            self._add(move)
        for move, through in moves.rewriting():
            self._add_rewriting(move, through)

    def _add(self, move: Move) -> None:
        known = self._moves.get((move.source, move.target))
        if known is None or (move.certain and not known.certain):
            self._moves[move.source, move.target] = move
            weight = 1.0 if move.certain else _UNCERTAIN
            self._graph.add_edge(move.source, move.target, weight=weight)

    def _add_rewriting(self, move: Move, through: str) -> None:
        """Add that a principal rewrites the rights of another one, and then becomes that one."""
        if (move.source, move.target) in self._moves:
            return
        route = self.shortest(move.source, through)
        if route is None:
            return
        whole = replace(
            move,
            actions=(*move.actions, *(one for step in route.moves for one in step.actions)),
            proof=(*move.proof, *route.proof),
            certain=move.certain and route.is_certain,
        )
        self._moves[move.source, move.target] = whole
        weight = (1.0 if whole.certain else _UNCERTAIN) + len(route.moves)
        self._graph.add_edge(move.source, move.target, weight=weight)

    def moves(self) -> tuple[Move, ...]:
        """Return every step, the best of each pair."""
        return tuple(self._moves.values())

    def shortest(self, start: str, target: str | None = None) -> Route | None:
        """Return the shortest route from a principal to a target; None if there is none.

        `target` is a principal's ARN, an account's id for its administrator, or None for the
        administrator of any account.
        """
        if start not in self._graph:
            return None
        goals = self._goals(target)
        ways: dict[str, list[str]]
        lengths: dict[str, float]
        lengths, ways = nx.single_source_dijkstra(self._graph, start, weight="weight")  # type: ignore[assignment]
        reached = [goal for goal in goals if goal in lengths]
        if not reached:
            return None
        return self._route(ways[min(reached, key=lambda goal: lengths[goal])])

    def reaching(self, target: str | None = None) -> dict[str, Route]:
        """Return the shortest route of every principal that can reach a target."""
        goals = [goal for goal in self._goals(target) if goal in self._graph]
        if not goals:
            return {}
        turned = self._graph.reverse(copy=False)
        ways = nx.multi_source_dijkstra_path(turned, set(goals), weight="weight")
        return {
            start: self._route(list(reversed(way)))
            for start, way in ways.items()
            if len(way) > 1 and start.startswith("arn:")
        }

    def _goals(self, target: str | None) -> list[str]:
        if target is None:
            return [administrator(account) for account in self._accounts]
        return [administrator(target) if target.isdigit() else target]

    def _route(self, nodes: list[str]) -> Route:
        return Route(tuple(self._moves[pair] for pair in pairwise(nodes)))


def build(organization: Organization) -> EscalationGraph:
    """Find all single steps of an organization and make the graph of them."""
    return EscalationGraph(organization)
