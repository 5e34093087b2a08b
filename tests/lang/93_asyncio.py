# Futures and tasks.
import asyncio
import contextvars

name = contextvars.ContextVar("name", default="nobody")


async def work(n):
    name.set(f"worker {n}")
    await asyncio.sleep(0)
    return n, name.get()


async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as error:
        print("cancelled with", error.args, asyncio.current_task().cancelling())
        asyncio.current_task().uncancel()
        await asyncio.sleep(0)
        return "survived"


async def failing():
    raise KeyError("lost")


async def main():
    print(await asyncio.gather(*(work(n) for n in range(3))), name.get())
    task = asyncio.create_task(stubborn(), name="stubborn")
    await asyncio.sleep(0)
    print(task.get_name(), task.done(), len(asyncio.all_tasks()))
    task.cancel("now")
    print(await task, task.cancelled(), task.cancelling())
    print(await asyncio.gather(failing(), work(9), return_exceptions=True))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(10))
            group.create_task(failing())
    except* KeyError as errors:
        print(repr(errors.exceptions))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print("too late")
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda f: print("done", f.result()))
    asyncio.get_running_loop().call_soon(future.set_result, 5)
    print(await future, future)
    try:
        future.set_result(6)
    except asyncio.InvalidStateError as error:
        print(error)
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    print(asyncio.create_task(failing_not()).done(), asyncio.current_task().get_coro().__name__)


async def failing_not():
    return 1


asyncio.run(main())
