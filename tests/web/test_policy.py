"""The table of rights beside a policy in another language: Cedar says the same of every account and right."""

from __future__ import annotations

import json
import random

import pytest

from upwind.store.accounts import Account, Role
from upwind.web.access import Right, may

cedarpy = pytest.importorskip("cedarpy")

CASES, BATCH = 100_000, 5_000
#: Written by hand from the brief of who may do what, not from the table.
POLICY = """
permit (principal, action == Action::"enter", resource)
when { !principal.roles.isEmpty() };
permit (principal, action in [Action::"read cases", Action::"work on cases"], resource)
when { principal.roles.containsAny(["analyst", "reviewer", "releaser", "flight-manager"]) };
permit (principal, action == Action::"judge", resource)
when { principal.roles.containsAny(["analyst", "reviewer"]) };
permit (principal, action == Action::"read flights", resource)
when { principal.roles.containsAny(["analyst", "reviewer", "releaser", "flight-manager", "auditor"]) };
permit (principal, action == Action::"read statistics", resource)
when { !principal.roles.isEmpty() && !principal.roles.contains("partner") };
permit (principal, action == Action::"read the log", resource)
when { principal.roles.contains("auditor") };
permit (principal, action == Action::"read accounts", resource)
when { principal.roles.containsAny(["administrator", "auditor"]) };
permit (principal, action == Action::"grant roles", resource)
when { principal.roles.contains("administrator") };
permit (principal, action == Action::"open the first page", resource)
when { principal.roles.containsAny(["analyst", "reviewer", "releaser", "flight-manager", "partner"]) };
permit (principal, action == Action::"receive releases", resource)
when { principal.roles.contains("partner") };
permit (principal, action == Action::"reply to partners", resource)
when { principal.roles.contains("releaser") };
"""


def account(rng: random.Random) -> Account:
    """Return an account with any roles that may stand together."""
    alone = rng.choice([frozenset({Role.AUDITOR}), frozenset({Role.PARTNER}), frozenset[Role]()])
    together = [role for role in Role if role not in (Role.AUDITOR, Role.PARTNER)]
    roles = frozenset(rng.sample(together, rng.randint(1, len(together)))) if rng.random() < 0.6 else alone
    return Account(name="somebody", roles=roles, partner="MEX" if Role.PARTNER in roles else "")


@pytest.mark.slow
def test_the_table_says_what_the_policy_says() -> None:
    rng = random.Random(20260301)
    for _ in range(CASES // BATCH):
        asked = [(account(rng), rng.choice(list(Right))) for _ in range(BATCH)]
        kinds = sorted({tuple(sorted(one.roles)) for one, _ in asked})
        entities = [
            {"uid": {"type": "Account", "id": str(number)}, "attrs": {"roles": list(roles)}, "parents": []}
            for number, roles in enumerate(kinds)
        ]
        requests = [
            {
                "principal": f'Account::"{kinds.index(tuple(sorted(one.roles)))}"',
                "action": f"Action::{json.dumps(str(right))}",
                "resource": 'Store::"this"',
                "context": {},
            }
            for one, right in asked
        ]
        answers = cedarpy.is_authorized_batch(requests, POLICY, entities)
        assert [answer.allowed for answer in answers] == [may(one, right) for one, right in asked]
