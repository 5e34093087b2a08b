"""Calls into binary wheels, each in a loop: what `run --operations wheels` times.

A function `time_X(n)` does X n times. The wheels are the same files for both interpreters,
so what differs is the call into them, what they ask of the C API, and the Python around.
"""

import markupsafe
import orjson
import pydantic

SMALL = {"name": "Ada", "age": 36, "tags": ["a", "b"], "score": 1.5, "active": True}
TEXT = orjson.dumps(SMALL)


class User(pydantic.BaseModel):
    name: str
    age: int
    tags: list[str] = []
    score: float = 0.0
    active: bool = False


ADA = User(**SMALL)


def time_escape_plain(n):
    escape, text = markupsafe.escape, "plain text without marks"
    for _ in range(n):
        escape(text)


def time_escape_marks(n):
    escape, text = markupsafe.escape, "<a href='x'>Tom & Ann</a>"
    for _ in range(n):
        escape(text)


def time_orjson_dumps(n):
    dumps, value = orjson.dumps, SMALL
    for _ in range(n):
        dumps(value)


def time_orjson_loads(n):
    loads, text = orjson.loads, TEXT
    for _ in range(n):
        loads(text)


def time_model_validate(n):
    validate, value = User.model_validate, SMALL
    for _ in range(n):
        validate(value)


def time_model_from_keywords(n):
    value = SMALL
    for _ in range(n):
        User(**value)


def time_model_validate_json(n):
    validate, text = User.model_validate_json, TEXT
    for _ in range(n):
        validate(text)


def time_model_dump(n):
    user = ADA
    for _ in range(n):
        user.model_dump()


def time_model_dump_json(n):
    user = ADA
    for _ in range(n):
        user.model_dump_json()


def time_model_attributes(n):
    user = ADA
    for _ in range(n):
        user.name, user.age
