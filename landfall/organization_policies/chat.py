"""Chat applications policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_chatbot_syntax.html
"""

from __future__ import annotations

from typing import Final

from landfall.organization_policies.grammar import SWITCH, Group, listed, one_of, text

_WORKSPACES: Final = 255
_TENANTS: Final = 36
# https://docs.aws.amazon.com/chatbot/latest/APIReference/API_SlackChannelConfiguration.html
_WORKSPACE: Final = text("the id of a Slack workspace, as in T012ABCDEFG", r"[0-9A-Z]{1,255}")
_ID: Final = text(
    "the id of a tenant or a team, a UUID", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
_ROLES: Final = listed(one_of("user_role", "channel_role"))
_IN_SLACK: Final = Group(
    {
        "supported_channel_types": listed(one_of("public", "private")),
        "supported_role_settings": _ROLES,
    }
)
_IN_TEAMS: Final = Group({"supported_role_settings": _ROLES})

GRAMMAR: Final = Group(
    {
        "chatbot": Group(
            {
                "platforms": Group(
                    {
                        "slack": Group(
                            {
                                "client": SWITCH,
                                "workspaces": listed(_WORKSPACE, _WORKSPACES),
                                "default": _IN_SLACK,
                                "overrides": Group(
                                    named=_IN_SLACK, names=_WORKSPACE, most=_WORKSPACES
                                ),
                            }
                        ),
                        "microsoft_teams": Group(
                            {
                                "client": SWITCH,
                                "tenants": Group(
                                    named=listed(_ID, _TENANTS), names=_ID, most=_TENANTS
                                ),
                                "default": _IN_TEAMS,
                                "overrides": Group(
                                    named=Group(named=_IN_TEAMS, names=_ID, most=_TENANTS),
                                    names=_ID,
                                    most=_TENANTS,
                                ),
                            }
                        ),
                        "chime": Group({"client": SWITCH}),
                    }
                ),
                "default": Group({"client": SWITCH}),
            }
        )
    },
    required=("chatbot",),
)
