"""Discord, through discord.py: messages and interactions in, messages and answers out.

incoming (pure)   a message or interaction → what was heard
outgoing (pure)   a reply → posts: content or embeds, rows of buttons (markdown: escaping; pages: splitting)
naming, tree      the slash commands and the menu, from the one table; sync tells Discord when they changed
choices           courses and lessons offered while a command is typed
buttons, sharing  buttons that outlive a restart; showing everyone a private answer
questions         answers under messages, edited when the question is
failures          the library's errors → ours, in one place
client, adapter   all of it together, as a `ChatAdapter` and a `Messenger`
"""
