"""Users and notes, in memory and (where a file is given) in a JSON file.

Requests are served by several threads: every public method holds the lock.
"""

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone

from flask import current_app


def now():
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass
class User:
    name: str
    password_hash: str
    is_admin: bool = False
    joined: str = field(default_factory=now)


@dataclass
class Note:
    id: int
    author: str
    title: str
    text: str
    tags: list[str] = field(default_factory=list)
    public: bool = False
    created: str = field(default_factory=now)
    changed: str = field(default_factory=now)

    def visible_to(self, user):
        return self.public or (user is not None and (user.name == self.author or user.is_admin))

    def matches(self, words):
        text = f"{self.title} {self.text} {' '.join(self.tags)}".casefold()
        return all(word in text for word in words.casefold().split())


class Store:
    def __init__(self, path=None):
        self._path, self._lock = path, threading.RLock()
        self._users, self._notes, self._next_id = {}, {}, 1
        if path and os.path.exists(path):
            self._load()

    def _load(self):
        with open(self._path, encoding="utf-8") as file:
            data = json.load(file)
        self._users = {u["name"]: User(**u) for u in data["users"]}
        self._notes = {n["id"]: Note(**n) for n in data["notes"]}
        self._next_id = max(self._notes, default=0) + 1

    def _save(self):
        if not self._path:
            return
        data = {
            "users": [asdict(user) for user in self._users.values()],
            "notes": [asdict(note) for note in self._notes.values()],
        }
        partial = f"{self._path}.{os.getpid()}"
        with open(partial, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)
        os.replace(partial, self._path)

    # users

    def user(self, name):
        with self._lock:
            return self._users.get(name)

    def users(self):
        with self._lock:
            return sorted(self._users.values(), key=lambda user: user.name)

    def add_user(self, name, password_hash):
        """The new user, or None where the name is taken."""
        with self._lock:
            if name in self._users:
                return None
            user = self._users[name] = User(name, password_hash, is_admin=not self._users)
            self._save()
            return user

    # notes

    def note(self, number):
        with self._lock:
            return self._notes.get(number)

    def notes(self, *, visible_to=None, author=None, tag=None, words=""):
        """The notes that fit, the latest first."""
        with self._lock:
            chosen = [
                note for note in self._notes.values()
                if (author == note.author if author else note.visible_to(visible_to))
                and (not tag or tag in note.tags)
                and (not words or note.matches(words))
            ]
        return sorted(chosen, key=lambda note: note.id, reverse=True)

    def add_note(self, author, title, text, tags=(), public=False):
        with self._lock:
            note = Note(self._next_id, author, title, text, list(tags), public)
            self._notes[note.id] = note
            self._next_id += 1
            self._save()
            return note

    def change_note(self, number, **changes):
        with self._lock:
            note = self._notes[number]
            for name, value in changes.items():
                setattr(note, name, value)
            note.changed = now()
            self._save()
            return note

    def delete_note(self, number):
        with self._lock:
            del self._notes[number]
            self._save()

    def counts(self):
        with self._lock:
            tags = {}
            for note in self._notes.values():
                for tag in note.tags:
                    tags[tag] = tags.get(tag, 0) + 1
            return {"users": len(self._users), "notes": len(self._notes), "tags": dict(sorted(tags.items()))}


def store():
    """The storage of the application that serves this request."""
    return current_app.extensions["store"]
