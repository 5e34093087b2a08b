"""The shop's own pages: is it well, what has it done, what breaks."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Header, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from .accounts import machine
from .store import Reading

router = APIRouter(tags=["service"])


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def home():
    return "<!doctype html><title>Shop</title><p>See <a href=/docs>the documentation</a>."


@router.get("/health", response_class=PlainTextResponse)
async def health():
    return "ok\n"


@router.get("/slow")
async def slow(seconds: float = 0.2) -> dict[str, float]:
    """Waits as for a database, while others are served."""
    await asyncio.sleep(min(seconds, 2))
    return {"slept": seconds}


@router.get("/old", response_class=RedirectResponse, status_code=308)
async def old():
    return "/health"


@router.get("/visits")
async def visits(response: Response, visits: Annotated[int, Cookie()] = 0,
                 user_agent: Annotated[str | None, Header()] = None,
                 x_word: Annotated[list[str] | None, Header()] = None) -> dict:
    response.set_cookie("visits", str(visits + 1), httponly=True)
    return {"visits": visits + 1, "agent": user_agent, "words": x_word}


@router.get("/stats", dependencies=[Depends(machine)])
async def stats(store: Reading) -> dict[str, int]:
    return {"products": len(store.products), "orders": len(store.orders), "mail": len(store.mail),
            "commits": store.commits, "rollbacks": store.rollbacks, "sessions": store.sessions}


@router.get("/mail", dependencies=[Depends(machine)])
async def mail(store: Reading) -> list[str]:
    return store.mail


@router.get("/fail", dependencies=[Depends(machine)], include_in_schema=False)
async def fail():
    return {}["nothing"]
