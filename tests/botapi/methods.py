"""What each method of the Bot API demands and does: limits, required fields, descriptions of errors."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from tests.botapi.markup import parse, units

ME = {"id": 424242, "is_bot": True, "first_name": "Course bot", "username": "course_bot"}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was sent in a form."""

    name: str
    content: bytes


class Refused(Exception):  # noqa: N818
    """An error that the server answers with."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Methods:
    """Chats, messages, files and menus, as a bot may change them."""

    def __init__(self) -> None:
        self.members: dict[tuple[int, int], str] = {}
        self.blocked: set[int] = set()
        self.files: dict[str, bytes] = {}
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.messages: dict[tuple[int, int], str] = {}
        self.queries: set[str] = set()
        self._next_message = 5000

    async def _do_getMe(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return ME

    async def _do_sendMessage(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat_of(data)
        text = self._text_of(data)
        return self._message(chat, text, data)

    async def _do_sendDocument(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._with_file(data, "document", 50 << 20)

    async def _do_sendPhoto(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.uploaded(data, "photo").content.startswith(b"\x89PNG\r\n\x1a\n"):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return self._with_file(data, "photo", 10 << 20)

    def uploaded(self, data: dict[str, Any], name: str) -> Uploaded:
        """The file in a form's field, which may name another field where it is."""
        found = need(data, name)
        if isinstance(found, str) and found.startswith("attach://"):
            found = need(data, found.removeprefix("attach://"))
        if not isinstance(found, Uploaded):
            raise Refused(400, "Bad Request: wrong remote file identifier specified")
        return found

    def _with_file(self, data: dict[str, Any], name: str, most: int) -> dict[str, Any]:
        chat = self._chat_of(data)
        file = self.uploaded(data, name)
        if not file.content:
            raise Refused(400, "Bad Request: file must be non-empty")
        if len(file.content) > most:
            raise Refused(413, "Request Entity Too Large")
        self._buttons_of(data)
        mode = data.get("parse_mode")
        caption = str(data.get("caption") or "")
        if units((parse(caption)[0] if mode else caption).strip()) > 1024:
            raise Refused(400, "Bad Request: message caption is too long")
        return self._message(chat, "", data)

    async def _do_editMessageText(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat_of(data)
        message = int(need(data, "message_id"))
        text = self._text_of(data)
        if (chat, message) not in self.messages:
            raise Refused(400, "Bad Request: message to edit not found")
        if self.messages[chat, message].startswith('["",'):
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        now = json.dumps([text, data.get("reply_markup")])
        if self.messages[chat, message] == now:
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        self.messages[chat, message] = now
        return _shape(chat, message, text)

    async def _do_deleteMessage(self, data: dict[str, Any]) -> bool:  # noqa: N802
        key = (self._chat_of(data), int(need(data, "message_id")))
        if self.messages.pop(key, None) is None:
            raise Refused(400, "Bad Request: message to delete not found")
        return True

    async def _do_answerCallbackQuery(self, data: dict[str, Any]) -> bool:  # noqa: N802
        self._query(data, "callback_query_id")
        if units(str(data.get("text", ""))) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    async def _do_answerInlineQuery(self, data: dict[str, Any]) -> bool:  # noqa: N802
        self._query(data, "inline_query_id")
        results = need(data, "results")
        if len(results) > 50 or len({each["id"] for each in results}) != len(results):
            raise Refused(400, "Bad Request: RESULTS_INVALID")
        for each in results:
            if not each.get("title") or not 1 <= len(each["id"].encode()) <= 64:
                raise Refused(400, "Bad Request: RESULT_INVALID")
            self._text_of(
                {**each["input_message_content"], "text": each["input_message_content"]["message_text"]}
            )
        return True

    async def _do_sendChatAction(self, data: dict[str, Any]) -> bool:  # noqa: N802
        self._chat_of(data)
        need(data, "action")
        return True

    async def _do_getMyCommands(self, data: dict[str, Any]) -> list[dict[str, str]]:  # noqa: N802
        return self.menus.get(_menu(data), [])

    async def _do_deleteMyCommands(self, data: dict[str, Any]) -> bool:  # noqa: N802
        return self.menus.pop(_menu(data), None) is not None

    async def _do_setMyCommands(self, data: dict[str, Any]) -> bool:  # noqa: N802
        commands = need(data, "commands")
        for each in commands:
            name = each["command"]
            legal = (
                1 <= len(name) <= 32
                and name.isascii()
                and name.replace("_", "a").isalnum()
                and name.islower()
            )
            if not legal or not 1 <= len(each["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.menus[_menu(data)] = commands
        return True

    async def _do_getChatMember(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        person = int(need(data, "user_id"))
        status = self.members.get((self._chat_of(data), person), "member")
        member: dict[str, Any] = {
            "user": {"id": person, "is_bot": False, "first_name": "P"},
            "status": status,
        }
        if status == "creator":
            member["is_anonymous"] = False
        if status == "administrator":
            rights = (
                "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
                "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
                "can_edit_stories can_delete_stories"
            )
            member |= dict.fromkeys(rights.split(), False)
        return member

    async def _do_getFile(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = str(need(data, "file_id"))
        if name not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        size = len(self.files[name])
        if size > 20 << 20:
            raise Refused(400, "Bad Request: file is too big")
        return {"file_id": name, "file_unique_id": name, "file_size": size, "file_path": f"documents/{name}"}

    def _chat_of(self, data: dict[str, Any]) -> int:
        chat = int(need(data, "chat_id"))
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat

    def _text_of(self, data: dict[str, Any]) -> str:
        """The text as shown, after every check that Telegram makes."""
        text = str(need(data, "text"))
        mode = data.get("parse_mode")
        if mode not in {None, "HTML"}:
            raise Refused(400, "Bad Request: unsupported parse_mode")
        shown = (parse(text)[0] if mode else text).strip()
        if not shown:
            raise Refused(400, "Bad Request: message text is empty")
        if units(shown) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        self._buttons_of(data)
        return shown

    def _buttons_of(self, data: dict[str, Any]) -> None:
        for row in data.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if not button.get("text") or not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")

    def _query(self, data: dict[str, Any], name: str) -> None:
        query = str(need(data, name))
        if query not in self.queries:
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.queries.discard(query)

    def _message(self, chat: int, text: str, data: dict[str, Any]) -> dict[str, Any]:
        number = self._next_message
        self._next_message += 1
        self.messages[chat, number] = json.dumps([text, data.get("reply_markup")])
        return _shape(chat, number, text)


def _shape(chat: int, message: int, text: str) -> dict[str, Any]:
    kind = {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "G"}
    return {"message_id": message, "date": int(time.time()), "chat": kind, "from": ME, "text": text}


def _menu(data: dict[str, Any]) -> tuple[str, str]:
    scope = data.get("scope", {})
    kind = scope.get("type", "default")
    return f"{kind} {scope['chat_id']}" if "chat_id" in scope else kind, data.get("language_code") or ""


def need(data: dict[str, Any], name: str) -> Any:
    if data.get(name) in {None, ""} if not isinstance(data.get(name), list | dict) else False:
        raise Refused(400, f"Bad Request: parameter {name!r} is required")
    return data[name]
