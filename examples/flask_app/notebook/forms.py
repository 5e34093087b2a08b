"""Forms: fields with checks, and a token against cross-site request forgery."""

import functools
import hmac
import re
import secrets

from flask import abort, request, session
from markupsafe import Markup


def csrf_token():
    """The token of this session, made on first use."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(16)
    return session["csrf"]


def check_csrf():
    """Ends the request with 400 unless the form carries the session's token."""
    given, expected = request.form.get("csrf", ""), session.get("csrf", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        abort(400, "The form has expired. Go back, reload the page and try again.")


def csrf_protected(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if request.method == "POST":
            check_csrf()
        return view(*args, **kwargs)
    return wrapper


def register(app):
    app.jinja_env.globals["csrf_field"] = lambda: Markup(
        '<input type="hidden" name="csrf" value="{}">').format(csrf_token())


# Checks: functions from text to an error message, or None.

def required(text):
    return None if text.strip() else "This field is required."


def length(least, most):
    def check(text):
        if not least <= len(text) <= most:
            return f"Between {least} and {most} characters, please (now {len(text)})."
    return check


def matches(pattern, message):
    compiled = re.compile(pattern)
    return lambda text: None if compiled.fullmatch(text) else message


class Field:
    def __init__(self, label, *checks, kind="text", default="", help=""):
        self.label, self.checks, self.kind, self.default, self.help = label, checks, kind, default, help

    def __set_name__(self, owner, name):
        self.name = name
        owner.fields = {**owner.fields, name: self}

    def read(self, data):
        if self.kind == "checkbox":
            return self.name in data
        return data.get(self.name, "").replace("\r\n", "\n")


class Form:
    """Subclasses declare fields; an instance holds their values and errors."""

    fields = {}

    def __init__(self, data=None, **values):
        self.errors = {}
        if data is None:
            self.values = {name: values.get(name, field.default) for name, field in self.fields.items()}
        else:
            self.values = {name: field.read(data) for name, field in self.fields.items()}

    def __iter__(self):
        for name, field in self.fields.items():
            yield field, self.values[name], self.errors.get(name)

    def __getitem__(self, name):
        return self.values[name]

    def fail(self, name, message):
        self.errors[name] = message

    def valid(self):
        for name, field in self.fields.items():
            for check in field.checks:
                if message := check(self.values[name]):
                    self.errors.setdefault(name, message)
        self.check()
        return not self.errors

    def check(self):
        """For checks over several fields."""


class RegisterForm(Form):
    name = Field("Name", required, length(2, 20), matches(r"[a-z][a-z0-9_]*", "Small letters, digits and _ only."))
    password = Field("Password", length(6, 100), kind="password")
    repeat = Field("Once more", kind="password")

    def check(self):
        if self["password"] != self["repeat"]:
            self.fail("repeat", "The two passwords differ.")


class LoginForm(Form):
    name = Field("Name", required)
    password = Field("Password", required, kind="password")


class NoteForm(Form):
    title = Field("Title", required, length(1, 80))
    text = Field("Text", required, length(1, 10_000), kind="textarea", help="**bold**, *emphasis*, `code`, https://links")
    tags = Field("Tags", length(0, 100), help="separated by spaces")
    public = Field("Everybody may read it", kind="checkbox", default=False)

    def tag_list(self):
        return sorted({tag.lower() for tag in self["tags"].split()})

    def as_note(self):
        return {"title": self["title"].strip(), "text": self["text"], "tags": self.tag_list(), "public": self["public"]}
