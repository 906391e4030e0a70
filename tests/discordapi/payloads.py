"""What Discord sends, as its documentation shows it (https://discord.com/developers/docs/resources/message)."""

from __future__ import annotations

import itertools
import time
from typing import Any

APPLICATION, GUILD, CHANNEL, DM, THREAD, FORUM = (
    "1100000000000000001",
    "1100000000000000002",
    "1100000000000000003",
    "1100000000000000004",
    "1100000000000000005",
    "1100000000000000006",
)
ANN = {
    "id": "1100000000000000007",
    "username": "ann",
    "global_name": "Ann",
    "discriminator": "0",
    "avatar": None,
    "public_flags": 0,
}
BOT = {
    "id": APPLICATION,
    "username": "coursebot",
    "global_name": None,
    "discriminator": "1234",
    "avatar": None,
    "bot": True,
    "verified": True,
    "mfa_enabled": False,
    "flags": 0,
}
_EPOCH = 1_420_070_400_000
_numbers = itertools.count()


def snowflake() -> str:
    """A new id that says when it was made, as all of Discord's do."""
    return str(((int(time.time() * 1000) - _EPOCH) << 22) | (next(_numbers) & 0xFFF))


def message(content: str = "", **more: Any) -> dict[str, Any]:
    """A message of Ann's in a direct conversation."""
    return {
        "id": snowflake(),
        "channel_id": DM,
        "author": dict(ANN),
        "content": content,
        "timestamp": "2026-01-01T00:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        **more,
    }


def in_server(content: str, **more: Any) -> dict[str, Any]:
    """A message of Ann's in a channel."""
    member = {
        "roles": [],
        "joined_at": "2025-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "nick": None,
    }
    return message(content, **{"channel_id": CHANNEL, "guild_id": GUILD, "member": member, **more})


def command(name: str, *options: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ann gives a slash command in a channel."""
    return {
        "id": snowflake(),
        "application_id": APPLICATION,
        "type": 2,
        "token": f"interaction-token-{snowflake()}",
        "version": 1,
        "data": {"id": "1100000000000000020", "name": name, "type": 1, "options": list(options)},
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "channel": {
            "id": CHANNEL,
            "type": 0,
            "guild_id": GUILD,
            "name": "course",
            "permissions": "2147483647",
        },
        "member": {
            "user": dict(ANN),
            "roles": [],
            "joined_at": "2025-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": "1024",
            "nick": None,
        },
        "locale": "zh-CN",
        "guild_locale": "en-US",
        "app_permissions": "442368",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10485760,
        **more,
    }


def press(custom_id: str, under: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Ann presses a button under a message of the bot's in a direct conversation."""
    return {
        "id": snowflake(),
        "application_id": APPLICATION,
        "type": 3,
        "token": f"interaction-token-{snowflake()}",
        "version": 1,
        "data": {"custom_id": custom_id, "component_type": 2},
        "channel_id": DM,
        "channel": {"id": DM, "type": 1, "recipients": [dict(ANN)]},
        "user": dict(ANN),
        "message": under,
        "locale": "zh-CN",
        "app_permissions": "442368",
        "entitlements": [],
        "authorizing_integration_owners": {"1": ANN["id"]},
        "context": 1,
        "attachment_size_limit": 10485760,
        **more,
    }


def guild() -> dict[str, Any]:
    """The server, as GUILD_CREATE brings it."""
    channel = {
        "guild_id": GUILD,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
    }
    everyone = {"id": GUILD, "name": "@everyone", "permissions": "2147483647"}
    own = {
        "id": "1100000000000000008",
        "name": "coursebot",
        "permissions": "0",
        "managed": True,
        "tags": {"bot_id": APPLICATION},
    }
    plain = {"color": 0, "hoist": False, "position": 0, "managed": False, "mentionable": False, "flags": 0}
    return {
        "id": GUILD,
        "name": "Course",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": ANN["id"],
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [{**plain, **everyone}, {**plain, **own}],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "joined_at": "2025-01-01T00:00:00+00:00",
        "large": False,
        "unavailable": False,
        "member_count": 2,
        "voice_states": [],
        "members": [],
        "channels": [
            {**channel, "id": CHANNEL, "type": 0, "name": "course", "topic": None},
            {**channel, "id": FORUM, "type": 15, "name": "forum", "topic": None, "available_tags": []},
        ],
        "threads": [
            {
                "id": THREAD,
                "guild_id": GUILD,
                "parent_id": CHANNEL,
                "owner_id": ANN["id"],
                "type": 11,
                "name": "thread",
                "last_message_id": None,
                "message_count": 1,
                "member_count": 1,
                "rate_limit_per_user": 0,
                "thread_metadata": {
                    "archived": False,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": "2026-01-01T00:00:00+00:00",
                    "locked": False,
                },
            }
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "stickers": [],
        "soundboard_sounds": [],
    }


def told(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Commands as Discord repeats them."""
    return [{"application_id": APPLICATION, "description": "", **each} for each in commands]


def application() -> dict[str, Any]:
    """What the bot belongs to."""
    return {
        "id": APPLICATION,
        "name": "coursebot",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": dict(ANN),
        "flags": 0,
    }
