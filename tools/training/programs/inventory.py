"""Classes of a small inventory: data classes, enumerations, protocols, properties."""

import abc
import copy
import dataclasses
import enum
import functools
import json
import typing
from dataclasses import dataclass, field


class Kind(enum.Enum):
    TOOL = "tool"
    BOOK = "book"


class Access(enum.IntFlag):
    READ = 1
    WRITE = 2


class Priced(typing.Protocol):
    price: float

    def total(self) -> float: ...


@dataclass(order=True)
class Item:
    price: float
    name: str = field(compare=False)
    kind: Kind = Kind.TOOL
    tags: list[str] = field(default_factory=list, repr=False, compare=False)

    def total(self) -> float:
        return self.price * 1.19


@dataclass(frozen=True, slots=True)
class Place:
    row: int
    shelf: str | None = None


class Store(abc.ABC):
    def __init__(self):
        self._items = {}

    @abc.abstractmethod
    def label(self): ...

    @property
    def value(self):
        return sum(item.price for item in self)

    @functools.cached_property
    def names(self):
        return sorted(item.name for item in self)

    def __iter__(self):
        yield from self._items.values()

    def __getitem__(self, name):
        return self._items[name]

    def __setitem__(self, name, item):
        self._items[name] = item

    def __contains__(self, name):
        return name in self._items

    def __len__(self):
        return len(self._items)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


class Shop(Store):
    def __init__(self, owner):
        super().__init__()
        self.owner = owner

    def label(self):
        return f"{type(self).__name__} of {self.owner}"

    def __getattr__(self, name):
        raise AttributeError(name)


@functools.singledispatch
def show(value):
    return repr(value)


@show.register
def _(value: Item):
    return value.name


with Shop("Ann") as shop:
    for i, name in enumerate(["saw", "novel", "drill"]):
        shop[name] = Item(9.5 * (i + 1), name, Kind("book" if i == 1 else "tool"), ["a"] * i)
print(shop.label(), shop.value, shop.names, "saw" in shop, len(shop), min(shop), show(shop["saw"]), show(3))
print(json.dumps([dataclasses.asdict(item) | {"kind": item.kind.name} for item in shop], indent=1, sort_keys=True)[:40])
print(dataclasses.replace(shop["saw"], price=1.0), copy.deepcopy(shop)._items.keys(), Place(1) == Place(1), hash(Place(2, "b")) != 0, {Place(1): 1})
print(Access.READ | Access.WRITE, list(Kind), Kind.BOOK.value, isinstance(shop, Store), issubclass(Shop, Store), getattr(shop, "nothing", None))
print(typing.get_type_hints(Item.total), typing.Optional[int], list[int], int | str)
try:
    Place(1).row = 2
except dataclasses.FrozenInstanceError as error:
    print(error)
