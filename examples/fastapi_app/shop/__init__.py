"""The application: its routers, its middleware, and what it answers to errors."""

import time
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.middleware.cors import CORSMiddleware

from . import accounts, live, orders, products, service
from .store import Missing, Store, Taken


@asynccontextmanager
async def lifespan(app):
    """Opens the store when the server starts, and closes it when it ends."""
    app.state.store = Store()
    app.state.watchers = live.Watchers()
    yield
    await app.state.watchers.close()
    app.state.store.closed = True


async def timed(request: Request, call_next):
    begin = time.perf_counter()
    response = await call_next(request)
    response.headers["X-Seconds"] = f"{time.perf_counter() - begin:.6f}"
    return response


async def missing(request: Request, error: Missing):
    return JSONResponse({"detail": str(error), "path": request.url.path}, status_code=404)


async def taken(request: Request, error: Taken):
    return JSONResponse({"detail": str(error)}, status_code=409)


async def broken(request: Request, error: Exception):
    return JSONResponse({"detail": "Something broke. It is logged."}, status_code=500)


def create_app():
    app = FastAPI(
        title="Shop",
        summary="Products, and orders of them.",
        description="An example. **Log in** as `ann` (password `wonderland`), who administrates, or as `bob` (`builder`).",
        version="1.2.0",
        lifespan=lifespan,
        openapi_tags=[{"name": "orders", "description": "What customers bought."}],
    )
    app.middleware("http")(timed)
    app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"], allow_methods=["GET", "POST"])
    app.add_exception_handler(Missing, missing)
    app.add_exception_handler(Taken, taken)
    app.add_exception_handler(Exception, broken)
    app.include_router(service.router)
    app.include_router(accounts.router)
    app.include_router(products.router, prefix="/api/v1")
    app.include_router(orders.router, prefix="/api/v1")
    app.include_router(live.router)
    return app
