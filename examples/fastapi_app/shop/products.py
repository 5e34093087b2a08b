"""Products: anyone reads them, who administrates changes them."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from .accounts import Admin
from .models import Category, Message, Page, Product, ProductIn, ProductPatch, Sku
from .store import Reading, Writing

router = APIRouter(prefix="/products", tags=["products"])
TheSku = Annotated[Sku, Path(description="the product's number")]


class Filter(BaseModel):
    """The query of a list of products."""

    model_config = {"extra": "forbid"}

    q: str | None = Field(default=None, min_length=2)
    category: Category | None = None
    tag: list[str] = []


class Paging:
    """A class as a dependency: its parameters are the query's."""

    def __init__(self, offset: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(gt=0, le=50)] = 10):
        self.offset, self.limit = offset, limit

    def page(self, items):
        return {"total": len(items), "offset": self.offset, "items": items[self.offset:self.offset + self.limit]}


@router.get("", response_model=Page[Product], response_model_exclude_none=True)
async def products(store: Reading, wanted: Annotated[Filter, Query()]):
    found = [product for product in store.products.values()
             if (wanted.q is None or wanted.q.lower() in product.name.lower())
             and wanted.category in (None, product.category) and set(wanted.tag) <= set(product.tags)]
    return Paging(limit=50).page(found)


@router.get("/by-name")
def by_name(store: Reading, paging: Annotated[Paging, Depends()], descending: bool = False) -> Page[Product]:
    """Runs in a thread: it is no coroutine."""
    return paging.page(sorted(store.products.values(), key=lambda product: product.name, reverse=descending))


@router.get("/export.csv", response_class=StreamingResponse)
async def export(store: Reading):
    async def rows():
        for row in [("sku", "name", "price"), *((p.sku, p.name, p.price) for p in store.products.values())]:
            line = io.StringIO()
            csv.writer(line).writerow(row)
            yield line.getvalue()
    return StreamingResponse(rows(), media_type="text/csv")


@router.post("", status_code=status.HTTP_201_CREATED, responses={409: {"model": Message}})
async def add(product: ProductIn, store: Writing, user: Admin, response: Response) -> Product:
    response.headers["Location"] = f"/api/v1/products/{product.sku}"
    return store.add_product(product)


@router.get("/{sku}", responses={404: {"model": Message}})
async def one(sku: TheSku, store: Reading) -> Product:
    return store.product(sku)


@router.patch("/{sku}", responses={404: {"model": Message}})
async def change(sku: TheSku, patch: ProductPatch, store: Writing, user: Admin) -> Product:
    changed = store.product(sku).model_copy(update={
        name: getattr(patch, name) for name in patch.model_fields_set})
    store.products[sku] = changed
    return changed


@router.delete("/{sku}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(sku: TheSku, store: Writing, user: Admin) -> None:
    store.product(sku)
    del store.products[sku]
