"""The fixed texts of the adapter: help, privacy, about."""

from __future__ import annotations

HELP = (
    "**Ask** in your own words: `/ask question: Where does the soleus insert?`",
    "- Mention me with a question, or write to me directly.",
    "- Reply to one of my messages, with its ping on, to go on from it.",
    "- Right-click a message, *Apps*, **Ask Fabella about this**.",
    "**Look up**",
    "- `/muscle` shows a muscle, or one thing about it.",
    "- `/compare` puts two to four side by side.",
    "- `/find` lists the muscles of a movement, nerve, artery, root or bone.",
    "**More**",
    "- `/sources` shows what the last answer rests on, `/privacy` what is kept, `/about` what I am.",
    "- Edit your question, and I answer again in the same place. The bin takes an answer away.",
    "- In a server, `/fabella` holds the settings for those who manage it.",
)

PRIVACY = (
    "**What is kept**",
    "- The last thing that you asked about, so that you can go on from it: by channel, in memory, for 15 minutes.",
    "- Your votes and the reasons that you give, with your user id, until you or the server deletes them.",
    "- Questions in a server that I couldn't answer, so that its owners see what is missing: without who asked or "
    "where, without mentions, links, numbers and e-mail addresses, for 30 days. Private questions, direct messages and "
    "anything about a person's health are never kept.",
    "- The further pages of long answers, for 30 days. They hold no question.",
    "- The settings of a server.",
    "**What is not**: what you write otherwise. I read a message only where you mention me, answer one of mine with "
    "a ping, write to me directly, or pass one to me. Where a server's owners have me answer every message of a "
    "channel, I read those too.",
    "No question leaves this bot: there is no language model and no other service.",
    "**Delete** your votes, your reasons and your conversations with the button below. Those who manage a server "
    "delete its data by `/fabella forget`.",
)

ABOUT = (
    "I answer questions about anatomy from texts that I can cite, and say so when they don't tell. "
    "No language model: I find, quote and cite.",
    "I give no medical advice. For anything about your body, ask a clinician.",
)
