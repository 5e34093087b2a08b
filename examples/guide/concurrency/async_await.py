"""async/await: one thread, many waits."""

import asyncio
import time

async def fetch(name, delay):
    await asyncio.sleep(delay)
    return f"{name} done"

async def gather():
    begin = time.perf_counter()
    results = await asyncio.gather(fetch("a", 0.2), fetch("b", 0.1), fetch("c", 0.15))
    print(results, "- together, not one by one:", time.perf_counter() - begin < 0.4)

asyncio.run(gather())

async def group():
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(fetch("first", 0.01))
        second = tasks.create_task(fetch("second", 0))
    print(first.result(), second.result())
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fails())
            tasks.create_task(asyncio.sleep(10))        # is cancelled
    except* ValueError as caught:
        print("group:", caught.exceptions)

async def fails():
    raise ValueError("from a task")

asyncio.run(group())

async def limits():
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timed out")
    task = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled:", task.cancelled())

asyncio.run(limits())

async def queue():
    line, out = asyncio.Queue(maxsize=2), []
    async def produce():
        for i in range(5):
            await line.put(i)
        await line.put(None)
    async def consume():
        while (item := await line.get()) is not None:
            out.append(item)
    await asyncio.gather(produce(), consume())
    print("queue:", out)

asyncio.run(queue())

# A network server and its client, in one thread.
async def network():
    async def handle(reader, writer):
        line = await reader.readline()
        writer.write(line.upper())
        await writer.drain()
        writer.close()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async def ask(text):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(text.encode() + b"\n")
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return answer.decode().strip()
    async with server:
        print("network:", await asyncio.gather(*map(ask, ["one", "two", "three"])))

asyncio.run(network())

# Asynchronous iteration and context managers.
class Ticker:
    async def __aenter__(self):
        print("open")
        return self
    async def __aexit__(self, *error):
        print("close")
    async def ticks(self, n):
        for i in range(n):
            await asyncio.sleep(0)
            yield i

async def iterate():
    async with Ticker() as ticker:
        print([tick async for tick in ticker.ticks(3)])
    print(await asyncio.to_thread(lambda: "blocking calls go to a thread"))

asyncio.run(iterate())
