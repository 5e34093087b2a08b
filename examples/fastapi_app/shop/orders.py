"""Orders: placed by customers, confirmed by mail in the background."""

import asyncio
import uuid

from fastapi import APIRouter, BackgroundTasks, Request, status

from .accounts import Admin, Customer
from .models import Message, Order, OrderIn
from .store import Reading, Writing

router = APIRouter(prefix="/orders", tags=["orders"], responses={409: {"model": Message}})


async def confirm(store, watchers, number):
    """After the answer: writes the customer's mail, and tells who watches."""
    await asyncio.sleep(0.01)
    order = store.orders[number]
    order.status = "confirmed"
    store.mail.append(f"{order.customer}: your order of {order.total} is confirmed.")
    await watchers.tell({"event": "confirmed", "order": str(number), "total": str(order.total)})


def log_order(store, number):
    """A background task that is no coroutine: it runs in a thread."""
    store.mail.append(f"log: order {number} placed")


@router.post("", status_code=status.HTTP_202_ACCEPTED, name="Place an order")
async def place(data: OrderIn, request: Request, user: Customer, store: Writing, tasks: BackgroundTasks) -> Order:
    order = Order(id=uuid.uuid4(), customer=user.name, total=store.take(data.lines), **data.model_dump(
        exclude={"payment"}), payment=data.payment)
    store.orders[order.id] = order
    tasks.add_task(log_order, store, order.id)
    tasks.add_task(confirm, store, request.app.state.watchers, order.id)
    return order


@router.get("")
async def own(user: Customer, store: Reading) -> list[Order]:
    return [order for order in store.orders.values() if user.admin or order.customer == user.name]


@router.get("/{number}", response_model_by_alias=False, response_model_exclude={"payment"})
async def one(number: uuid.UUID, user: Customer, store: Reading) -> Order:
    return store.order(number)


@router.post("/{number}/ship", deprecated=True)
async def ship(number: uuid.UUID, user: Admin, store: Writing) -> Order:
    order = store.order(number)
    order.status = "shipped"
    return order
