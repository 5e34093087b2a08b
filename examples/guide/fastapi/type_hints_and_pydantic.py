"""Type hints declare what goes in and out; Pydantic models validate and parse it."""

from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal

from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from pydantic import (BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError,
                      computed_field, field_validator, model_validator)

app = FastAPI()

class Item(BaseModel):
    name: str
    price: float

@app.post('/items')
def create_item(item: Item):
    return item

client = TestClient(app)
for body in ({"name": "pen", "price": 2}, {"name": "pen", "price": "2.5", "more": "is dropped"}, {"name": 5, "price": "dear"}):
    response = client.post("/items", json=body)
    print(response.status_code, response.text)

# Models on their own.
item = Item(name="desk", price="99.90")
print(repr(item), item.model_dump(), item.model_dump_json())
print(Item.model_validate_json('{"name": "lamp", "price": 1e1}'), item == Item(name="desk", price=99.9))
print(item.model_copy(update={"name": "table"}), list(Item.model_fields), sorted(item.model_fields_set))

class Size(Enum):
    small = "S"
    large = "L"

class Person(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, validate_assignment=True)

    name: str = Field(min_length=2)
    born: date
    size: Size = Size.small
    friends: list["Person"] = []
    scores: dict[str, tuple[int, Decimal]] = {}
    wait: timedelta | None = None

    @field_validator("name")
    @classmethod
    def capitalised(cls, name):
        if not name[0].isupper():
            raise ValueError("begins with a small letter")
        return name

    @model_validator(mode="after")
    def no_friend_of_oneself(self):
        assert all(friend.name != self.name for friend in self.friends), "is a friend of oneself"
        return self

    @computed_field
    @property
    def initial(self) -> str:
        return self.name[0]

ann = Person.model_validate({
    "name": "  Ann ", "born": "2000-02-29", "size": "L", "friends": [{"name": "Bob", "born": 86400}],
    "scores": {"chess": ["3", "1.50"]}, "wait": "PT1H30M"})
print(ann)
print(ann.model_dump(mode="json", exclude_defaults=True))
print(ann.model_dump(include={"name": True, "friends": {0: {"born"}}}))

def fails(make):
    try:
        make()
    except ValidationError as error:
        print(f"{error.error_count()} in {error.title}:")
        for one in error.errors():
            print("   ", ".".join(map(str, one["loc"])), "|", one["type"], "|", one["msg"])

fails(lambda: Person(name="x", born="tomorrow", size="M", friends=[{"name": "eve"}], scores={"a": [1]}, wait=[]))
fails(lambda: Person(name="Ann", born=date(2000, 1, 1), friends=[ann]))
fails(lambda: setattr(ann, "name", "small"))
fails(lambda: Item.model_validate({"name": "x", "price": "1"}, strict=True))
print(ann.name)
try:
    Item(name="pen", price="dear")
except ValidationError as error:
    print(str(error).rpartition("\n")[0])

# Not only models: any type.
Even = Annotated[int, BeforeValidator(lambda value: value or 0), Field(multiple_of=2)]
print(TypeAdapter(dict[str, list[Even]]).validate_python({"a": ["2", None, 4.0]}))
fails(lambda: TypeAdapter(list[Annotated[int, Field(gt=1)]]).validate_python([1, 2, "x"]))

# A union told apart by a field.
class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9

class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: set[str] = set()

@app.post("/pet")
def pet(pet: Annotated[Cat | Dog, Field(discriminator="kind")], loud: Annotated[bool, Body()] = False) -> dict[str, str | bool]:
    return {"is": repr(pet), "loud": loud}

for body in ({"pet": {"kind": "cat", "lives": "7"}}, {"pet": {"kind": "dog", "tricks": ["sit", "sit"]}, "loud": "yes"}, {"pet": {"kind": "cow"}}):
    print(client.post("/pet", json=body).text)

print(Person.model_json_schema()["$defs"]["Person"]["properties"]["scores"])
print(Item.model_json_schema())
