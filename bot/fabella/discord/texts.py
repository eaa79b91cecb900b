"""The fixed texts of the adapter: help, privacy, about."""

from __future__ import annotations

HELP = (
    "**Ask** in your own words: `/ask question: Where does the soleus insert?`",
    "- Mention me with a question, or write to me directly.",
    "- Reply to one of my messages, with its ping on, to go on from it.",
    "- Right-click a message, or hold it: *Apps*, **Ask Fabella about this**.",
    "",
    "**Look up**",
    "- `/muscle` shows a muscle, or one thing about it.",
    "- `/compare` compares two to four, or the heads of one.",
    "- `/find` lists the muscles of a movement, nerve, artery, root or bone.",
    "",
    "**More**",
    "- `/sources` shows what the last answer rests on, `/privacy` what is kept, `/about` what I am.",
    "- Edit your question, and I answer again in the same place. The bin takes an answer away.",
    "- In a server, `/fabella` holds the settings for those who manage it.",
)

PRIVACY = (
    "**What is kept**",
    "- What your next question may refer to: by channel, in memory, for 15 minutes.",
    "- The last questions with their answers, without who asked: in memory, for 15 minutes; none about health.",
    "- Your votes and the reasons that you give, with your user id, until you or the server deletes them.",
    "- Questions in a server that I couldn't answer, so that its owners see what is missing: without who asked or "
    "where, without mentions, links, numbers and e-mail addresses, for 30 days. Private questions, direct messages and "
    "anything about a person's health are never kept.",
    "- The further pages of long answers, without the question, for 30 days.",
    "- The settings of a server, until I am taken out of it. Its votes and questions go then, too.",
    "",
    "**What is not kept**",
    "- What you write otherwise. I read a message where you mention me, answer one of mine with a ping, write to me "
    "directly, or pass one to me; and every message of a channel where the server's owners want that.",
    "- No question leaves this bot: there is no language model and no other service.",
    "",
    "**Delete** your votes, your reasons and your conversations with the button below. Those who manage a server "
    "delete its data by `/fabella forget`.",
)

ABOUT = (
    "I answer questions about anatomy from texts that I can cite, and say so when they don't tell. "
    "No language model: I find, quote and cite.",
    "",
    "I give no medical advice. For anything about your body, ask a clinician.",
    "",
)
