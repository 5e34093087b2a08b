"""What comes in and what goes out, as Pydantic models."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (AwareDatetime, BaseModel, ConfigDict, Field, computed_field, field_serializer,
                      field_validator, model_validator)

Sku = Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{4}$", description="two letters and four digits", examples=["TO-0042"])]
T = TypeVar("T")


class Strict(BaseModel):
    """Input: unknown fields are errors, space around text is dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Category(str, Enum):
    tool = "tool"
    toy = "toy"
    gift = "gift"


class Money(Strict):
    amount: Decimal = Field(ge=0, max_digits=8, decimal_places=2)
    currency: Literal["EUR", "USD"] = "EUR"

    def __str__(self):
        return f"{self.amount:.2f} {self.currency}"


class ProductIn(Strict):
    sku: Sku
    name: str = Field(min_length=1, max_length=60)
    price: Money
    category: Category = Category.tool
    tags: list[str] = Field(default=[], max_length=5)
    released: date | None = None
    stock: int = Field(default=0, ge=0, le=10_000)

    @field_validator("tags")
    @classmethod
    def tidy(cls, tags: list[str]) -> list[str]:
        return sorted({tag.strip().lower() for tag in tags})

    @field_validator("name")
    @classmethod
    def no_shouting(cls, name: str) -> str:
        if len(name) > 3 and name.isupper():
            raise ValueError("must not be all capitals")
        return name

    @model_validator(mode="after")
    def only_gifts_are_free(self):
        if not self.price.amount and self.category is not Category.gift:
            raise ValueError("only gifts may be free")
        return self


class Product(ProductIn):
    id: int
    added: AwareDatetime

    @computed_field
    @property
    def label(self) -> str:
        return f"{self.name} ({self.price})"


class ProductPatch(Strict):
    name: str | None = Field(default=None, min_length=1, max_length=60)
    price: Money | None = None
    stock: int | None = Field(default=None, ge=0)


class Address(Strict):
    street: str = Field(min_length=3)
    city: str
    country: str = Field(pattern="^[A-Z]{2}$")


class Card(Strict):
    kind: Literal["card"]
    number: str = Field(min_length=12, max_length=19, pattern=r"^\d+$")

    @field_validator("number")
    @classmethod
    def luhn(cls, number: str) -> str:
        digits = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
        if sum(d - 9 if d > 9 else d for d in digits) % 10:
            raise ValueError("is no card number")
        return number

    @field_serializer("number")
    def masked(self, number: str) -> str:
        return "*" * (len(number) - 4) + number[-4:]


class Transfer(Strict):
    kind: Literal["transfer"]
    iban: str = Field(min_length=15, max_length=34)


class Line(Strict):
    sku: Sku
    count: int = Field(default=1, gt=0, le=100)


class OrderIn(Strict):
    lines: list[Line] = Field(min_length=1)
    ship_to: Address = Field(alias="shipTo")
    payment: Card | Transfer = Field(discriminator="kind")
    note: str | None = None


class Order(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    id: UUID
    customer: str
    lines: list[Line]
    ship_to: Address = Field(serialization_alias="shipTo")
    payment: Card | Transfer = Field(discriminator="kind")
    note: str | None = None
    total: Money
    status: Literal["placed", "confirmed", "shipped"] = "placed"


class Page(BaseModel, Generic[T]):
    """A part of a longer list."""

    total: int
    offset: int
    items: list[T]


class User(BaseModel):
    name: str
    admin: bool = False


class Token(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int


class Message(BaseModel):
    detail: str
