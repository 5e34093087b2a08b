# /// script
# dependencies = ["fastapi", "pydantic", "orjson", "numpy", "pandas"]
# ///
"""What applications do with binary wheels: models and requests of FastAPI, JSON, arrays, tables.

    wheels.py [SECONDS]    runs each kind of work for about so long
"""

import asyncio
import datetime
import io
import sys
import time

import fastapi
import numpy
import orjson
import pandas
import pydantic


class Address(pydantic.BaseModel):
    street: str = pydantic.Field(min_length=1)
    city: str
    zip: str | None = None


class Person(pydantic.BaseModel):
    name: str
    age: int = pydantic.Field(ge=0, lt=150)
    born: datetime.date | None = None
    tags: list[str] = []
    scores: dict[str, float] = {}
    address: Address

    @pydantic.field_validator("name")
    @classmethod
    def stripped(cls, value):
        return value.strip()

    @pydantic.computed_field
    @property
    def initial(self) -> str:
        return self.name[:1]


PLAIN = {"name": " Ada ", "age": "36", "born": "1815-12-10", "tags": ["a", "b"], "scores": {"x": 1, "y": 2.5},
         "address": {"street": "Main", "city": "London"}}
TEXT = orjson.dumps(PLAIN)
PEOPLE = pydantic.TypeAdapter(list[Person])


def models():
    for _ in range(20):
        person = Person.model_validate(PLAIN)
        person = Person.model_validate_json(TEXT)
        person = Person(**person.model_dump(exclude={"initial"}))
        person.model_dump_json()
        person.model_copy(update={"age": 3}) == person
    people = PEOPLE.validate_python([PLAIN] * 20)
    PEOPLE.dump_json(people)
    try:
        Person.model_validate({"name": 1, "age": -1, "address": {}})
    except pydantic.ValidationError as error:
        error.errors()


def json_texts():
    for _ in range(50):
        orjson.loads(orjson.dumps([PLAIN, {"when": datetime.datetime(2026, 1, 2, 3, 4)}]))
    orjson.loads(orjson.dumps([{"id": i, "text": f"text {i}", "values": [i, i / 2, None]} for i in range(100)]))


app = fastapi.FastAPI()


def current_user(authorization: str = fastapi.Header("nobody")):
    return authorization


@app.get("/items/{number}")
async def item(number: int, detail: bool = False, user: str = fastapi.Depends(current_user)):
    return {"number": number, "detail": detail, "user": user}


@app.post("/people", response_model=Person)
async def add(person: Person):
    return person


async def ask(method, path, query=b"", body=b""):
    """One request to the application, without a server."""
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "",
             "headers": [(b"host", b"test"), (b"authorization", b"ada"), (b"content-type", b"application/json")],
             "client": ("127.0.0.1", 1), "server": ("test", 80)}
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"]


def requests():
    async def all_of_them():
        for i in range(10):
            assert await ask("GET", f"/items/{i}", b"detail=true") == 200
            assert await ask("POST", "/people", body=TEXT) == 200
        assert await ask("GET", "/items/x") == 422

    asyncio.run(all_of_them())


def arrays():
    values = numpy.arange(200.0)
    for i in range(20):
        values[i] = values[i + 1] * 2
        total = float(values[values > 50].sum()) + values.mean()
        numpy.sqrt(values * 2 + 1 - total).reshape(10, 20).T.copy()
    matrix = numpy.array([[1, 2], [3, 4.5]])
    numpy.linalg.inv(matrix) @ matrix
    numpy.array([(1, "a"), (2, "b")], dtype=[("n", "i4"), ("t", "U4")])["n"].tolist()
    numpy.concatenate([values, values])[::3].astype(int)


TABLE = "day,shop,sold,price\n" + "".join(f"2026-01-{i % 28 + 1:02},s{i % 5},{i},{i / 3:.2f}\n" for i in range(120))


def tables():
    frame = pandas.read_csv(io.StringIO(TABLE), parse_dates=["day"])
    frame["turnover"] = frame["sold"] * frame["price"]
    by_shop = frame.groupby("shop").agg({"turnover": "sum", "sold": "mean"}).sort_values("turnover")
    frame.merge(by_shop, left_on="shop", right_index=True).loc[lambda f: f["sold_x"] > 10].head(5).to_dict("records")
    frame.pivot_table(index="day", columns="shop", values="sold").fillna(0).to_json(date_format="iso")
    frame["shop"].str.upper().value_counts()
    for row in frame.head(20).itertuples():
        row.day, row.shop


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2
    for work in models, json_texts, requests, arrays, tables:
        end = time.process_time() + seconds
        while time.process_time() < end:
            work()


main()
