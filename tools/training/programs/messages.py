"""Tasks that send each other messages: asyncio, streams, queues, timeouts."""

import asyncio
import contextlib
import contextvars
import time

user = contextvars.ContextVar("user", default="nobody")


async def answer(reader, writer):
    while line := await reader.readline():
        writer.write(b"echo " + line)
        await writer.drain()
    writer.close()


async def produce(queue, amount):
    for i in range(amount):
        await queue.put(i)
        await asyncio.sleep(0)
    await queue.put(None)


async def numbers(queue):
    while (item := await queue.get()) is not None:
        yield item


@contextlib.asynccontextmanager
async def named(name):
    token = user.set(name)
    try:
        yield name
    finally:
        user.reset(token)


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for i in range(3):
            writer.write(b"line %d\n" % i)
            print(await reader.readline())
        writer.close()
        await writer.wait_closed()
    queue = asyncio.Queue(2)
    async with asyncio.TaskGroup() as group, named("eve"):
        group.create_task(produce(queue, 5))
        print([item async for item in numbers(queue)], user.get())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    lock, found = asyncio.Lock(), []

    async def locked(i):
        async with lock:
            found.append(i)
            await asyncio.sleep(0.001)
            if i == 2:
                raise ValueError(i)

    print(await asyncio.gather(*map(locked, range(4)), return_exceptions=True), found)
    print(await asyncio.to_thread(time.sleep, 0), await asyncio.wait_for(asyncio.sleep(0, "done"), 1))
    task = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print(task.cancelled())


asyncio.run(main())
