"""What the shop keeps, and the dependency that makes a request a transaction."""

import asyncio
import copy
from datetime import datetime, timezone
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from .models import Money, Product


class Missing(LookupError):
    """What was asked for is not there."""

    def __str__(self):
        return f"There is no {self.args[0]} {self.args[1]}."


class Taken(ValueError):
    """The request contradicts what is there."""


class Store:
    def __init__(self):
        self.products, self.orders, self.mail = {}, {}, []
        self.lock = asyncio.Lock()
        self.commits = self.rollbacks = self.sessions = 0
        self.next_id = 1
        self.closed = False

    def add_product(self, data):
        if data.sku in self.products:
            raise Taken(f"{data.sku} is taken")
        product = Product(id=self.next_id, added=datetime.now(timezone.utc), **data.model_dump())
        self.products[data.sku] = product
        self.next_id += 1
        return product

    def product(self, sku):
        try:
            return self.products[sku]
        except KeyError:
            raise Missing("product", sku) from None

    def order(self, number):
        try:
            return self.orders[number]
        except KeyError:
            raise Missing("order", number) from None

    def take(self, lines):
        """Takes the lines out of the stock; what they cost."""
        total = Money(amount=0)
        for line in lines:
            product = self.product(line.sku)
            if product.stock < line.count:
                raise Taken(f"only {product.stock} of {line.sku} in stock")
            product.stock -= line.count
            total.amount += product.price.amount * line.count
        return total


def get_store(connection: HTTPConnection) -> Store:
    return connection.app.state.store


async def transaction(store: Annotated[Store, Depends(get_store)]):
    """The store for one writing request: an error in it undoes what it did."""
    async with store.lock:
        before = copy.deepcopy(store.products), dict(store.orders), store.next_id
        store.sessions += 1
        try:
            yield store
        except BaseException:
            store.products, store.orders, store.next_id = before
            store.rollbacks += 1
            raise
        else:
            store.commits += 1
        finally:
            store.sessions -= 1


Reading = Annotated[Store, Depends(get_store)]
Writing = Annotated[Store, Depends(transaction)]
