"""FastAPI: an ASGI framework that reads type hints; any ASGI server runs it."""

import asyncio
import json

from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

app = FastAPI(title="First steps")

@app.get("/")
async def home():
    return {"hello": "FastAPI"}

@app.get("/square/{number}")
def square(number: int, times: int = 1):
    return [number * number] * times

@app.middleware("http")
async def mark(request: Request, call_next):
    response = await call_next(request)
    response.headers["X-Path"] = request.url.path
    return response

# Requests can be made without a server.
client = TestClient(app)
for path in ("/", "/square/7", "/square/7?times=2", "/square/seven", "/missing"):
    response = client.get(path)
    print(path, response.status_code, response.headers["content-type"], response.headers["x-path"])
    print("   ", response.text)
print(client.post("/").status_code, client.post("/").json(), client.post("/").headers["allow"])

# The application is an ASGI callable: a coroutine of a scope, and of functions to receive and send.
async def ask(path, query=b""):
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
             "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "", "headers": [],
             "server": ("localhost", 80), "client": ("localhost", 1)}
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return [message["type"] for message in sent[:2]], sent[0]["status"], json.loads(body)

print(asyncio.run(ask("/square/9", b"times=3")))
print(sorted(route.path for route in app.routes if hasattr(route, "path")))

# What was registered is still the function that it was.
print(square(3, times=2), asyncio.run(home()))
