"""What people say to a bot that is no question: a greeting, thanks, "what can you do?".

Searched for, these would be answered with whatever comes closest, logged as unanswered and laid before the team.
Whole messages only, from short lists: a question that begins with "hello" is a question.
"""

from __future__ import annotations

import re
import unicodedata

from bot.handlers import help as helping
from bot.handlers.scene import Scene, Services
from bot.replies import Reply


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HELLO = _phrases("""
    你好 您好 妳好 你们好 大家好 老师好 老師好 嗨 哈喽 哈啰 哈囉 在吗 在嗎 在么 在不在 有人吗 有人嗎
    早 早上好 早安
    上午好 中午好 午安 下午好 晚上好 hi hello hey hithere hellothere heythere goodmorning goodafternoon goodevening yo
""")
_THANKS = _phrases("""
    谢谢 謝謝 谢谢你 謝謝你 谢谢您 謝謝您 谢谢老师 謝謝老師 多谢 多謝 感谢 感謝 谢了 謝了 非常感谢 非常感謝
    好的谢谢 好的謝謝 thanks thankyou thx ty thanksalot thankyouverymuch manythanks cheers
""")
_FINE = _phrases("""
    好 好的 好吧 行 嗯 嗯嗯 哦 噢 明白 明白了 懂了 知道了 了解 了解了 收到 再见 再見 拜拜 晚安
    ok okay k fine gotit isee great bye goodbye goodnight
""")
_HELP = _phrases("""
    帮助 幫助 你是谁 你是誰 你能做什么 你能做什麼 你会什么 你會什麼 你会做什么 你會做什麼 怎么用 怎麼用
    help whoareyou whatcanyoudo whatareyou howdoesthiswork
""")
"""Without spaces and signs, in lower case."""
_LONGEST = 30
"""Characters beyond which nothing is small talk."""
_PARTICLES = re.compile("[呀啊哦噢呢啦哈吧～]+$")


async def smalltalk(services: Services, scene: Scene, said: str) -> list[Reply] | None:
    """The answer to small talk; None for anything else."""
    if len(said) > _LONGEST:
        return None
    plain = "".join(each for each in unicodedata.normalize("NFKC", said).casefold() if each.isalnum())
    bare = _PARTICLES.sub("", plain)
    for words, key in ((_HELLO, "start.hello"), (_THANKS, "talk.thanks"), (_FINE, "talk.fine")):
        if plain in words or bare in words:
            return [scene.say(key)]
    return await helping.help_(services, scene, "") if plain in _HELP or bare in _HELP else None
