"""async def endpoints await slow things; many requests wait at the same time."""

import asyncio
import threading
import time

from fastapi import BackgroundTasks, Depends, FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from contextlib import asynccontextmanager

events = []

@asynccontextmanager
async def lifespan(app):
    events.append("start")
    yield {"made_at_start": 42}
    events.append("stop")

app = FastAPI(lifespan=lifespan)
main_thread = threading.get_ident()
running = most = 0

@app.get("/wait")
async def wait(seconds: float):
    global running, most
    running += 1
    most = max(most, running)
    await asyncio.sleep(seconds)
    running -= 1
    return {"waited": seconds}

@app.get("/gather")
async def gather():
    async def part(n):
        await asyncio.sleep(0.05 * (3 - n))
        events.append(f"part {n}")
        return n * n
    return await asyncio.gather(*map(part, range(3)))

async def resource():
    events.append("open")
    try:
        yield "resource"
    except ValueError as error:
        events.append(f"failed: {error}")
        raise
    finally:
        events.append("closed")

@app.get("/resource")
async def use(what: str = Depends(resource), again: str = Depends(resource), fail: bool = False):
    events.append("used")
    if fail:
        raise ValueError("on purpose")
    return what is again

@app.get("/task")
async def task(tasks: BackgroundTasks):
    tasks.add_task(lambda: events.append("after the answer, in a thread"))
    async def later(word, *, mark):
        events.append(word + mark)
    tasks.add_task(later, "and then", mark="!")
    return "answered"

@app.get("/stream")
async def stream(n: int = 3):
    async def lines():
        for i in range(n):
            await asyncio.sleep(0)
            yield f"line {i}\n"
    return StreamingResponse(lines(), media_type="text/plain")

@app.get("/thread")
def blocking():
    time.sleep(0.01)
    try:
        asyncio.get_running_loop()
    except RuntimeError as error:
        return str(error)

@app.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    try:
        async for text in socket.iter_text():
            await socket.send_json({"echo": text.upper()})
    except WebSocketDisconnect:
        pass
    events.append("the socket is gone")

def told():
    print("   ", "; ".join(events))
    events.clear()

# Twenty requests at once, in one thread.
async def load():
    async def ask(number):
        sent = []
        async def receive():
            return {"type": "http.request", "body": b""}
        async def send(message):
            sent.append(message)
        await app({"type": "http", "method": "GET", "path": "/wait", "query_string": b"seconds=0.3", "headers": []}, receive, send)
        return sent[0]["status"]
    return await asyncio.gather(*map(ask, range(20)))

begin = time.perf_counter()
print(asyncio.run(load()) == [200] * 20, "all at once:", most, "faster than one by one:", time.perf_counter() - begin < 4)

with TestClient(app) as client:
    told()
    print(client.get("/gather").json())
    told()
    print(client.get("/resource").json())
    told()
    try:
        client.get("/resource?fail=true")
    except ValueError as error:
        print("raised:", error)
    told()
    print(client.get("/task").json())
    told()
    with client.stream("GET", "/stream?n=4") as response:
        print(response.status_code, list(response.iter_lines()))
    print(client.get("/thread").json())
    with client.websocket_connect("/echo") as socket:
        for word in ("one", "zwei", "trois é"):
            socket.send_text(word)
            print(socket.receive_json())
    told()
told()
