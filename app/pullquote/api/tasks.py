"""What a chat client asks beside the conversation: a title, tags, what to ask next, what to search for.

Open WebUI, and clients like it, send such a task as one message: sections that begin with "###", the first of them the
task, among them one that shows the JSON to answer with, and the conversation in `<chat_history>`. The key in that JSON
tells what is wanted.
"""

import json
import re

_LAYOUT = re.compile(r"\s*### Task:\n(?P<told>.*?)<chat_history>\n?(?P<chat>.*)</chat_history>\s*", re.DOTALL)
_KEY = re.compile(r'\{\s*"(title|tags|follow_ups|queries)"\s*:')
_SAID = re.compile(r"^(USER|ASSISTANT|SYSTEM|TOOL): ", re.MULTILINE)


def task_of(message: str) -> tuple[str, list[str]] | None:
    """Which key a task's JSON must have, and what the user said in the conversation; None where a message is no task."""
    layout = _LAYOUT.fullmatch(message)
    key = _KEY.search(layout["told"]) if layout else None
    if layout is None or key is None:
        return None
    pieces = _SAID.split(layout["chat"])
    turns = zip(pieces[1::2], pieces[2::2], strict=True)
    return key[1], [" ".join(words.split()) for role, words in turns if role == "USER" and words.strip()]


def task_reply(key: str, questions: list[str], suggested: list[str], debate: str) -> str:
    """The JSON that a task is answered with; no model writes any of it: a title is the first question, a tag the debate."""
    values: dict[str, object] = {
        "title": questions[0] if questions else debate, "tags": [debate],
        "follow_ups": suggested, "queries": questions[-1:],
    }  # fmt: skip
    return json.dumps({key: values[key]}, ensure_ascii=False)
