"""Interpreters beside the main one: what they share, and what not."""

import _interpchannels
import _interpqueues
import _interpreters
import concurrent.interpreters as interpreters
import sys
import threading
from concurrent.futures import InterpreterPoolExecutor


def show(label, work):
    try:
        print(label, work())
    except Exception as why:
        print(label, type(why).__name__, str(why).partition("\n")[0])


def square(x):
    return x * x


def failing():
    raise LookupError("from inside")


def closure(x):
    return lambda: x


if __name__ == "__main__":
    # Each interpreter has its own streams: what they print comes in order only by lines.
    sys.stdout.reconfigure(line_buffering=True)
    print("-- creation")
    print(interpreters.get_current(), interpreters.get_main().whence)
    one, two = interpreters.create(), interpreters.create()
    print(interpreters.list_all(), one.whence, one.is_running())
    show("config", lambda: _interpreters.get_config(one.id))
    show("legacy", lambda: _interpreters.new_config("legacy", gil="own"))
    for bad in ("spam", 5, _interpreters.new_config("empty")):
        show("create", lambda: _interpreters.create(bad))
    show("destroy", lambda: _interpreters.destroy(0))
    show("unknown", lambda: _interpreters.exec(99, "pass"))
    show("negative", lambda: _interpreters.whence(-1))
    show("text", lambda: _interpreters.whence("1"))

    print("-- names are its own")
    for each in one, two:
        each.exec("__import__('sys').stdout.reconfigure(line_buffering=True)")
    one.exec("import sys; x = 1; sys.mark = 'one'; import json; json.mark = True")
    two.exec("import sys, json; print(hasattr(sys, 'mark'), hasattr(json, 'mark'), 'x' in vars())")
    one.exec("print(x, sys.mark, __name__)")
    one.prepare_main(text="héllo", number=-5, parts=(1, (2.5, None)), raw=b"\0\1", yes=True)
    one.exec("print(text, number, parts, raw, yes)")
    show("not shareable", lambda: one.prepare_main(a=[1]))
    show("nothing", lambda: one.prepare_main())
    one.exec("import warnings, atexit; atexit.register(print, 'one ends')")
    one.exec("import builtins; builtins.spam = 5")
    print(one.call(eval, "spam"), hasattr(__builtins__, "spam"))

    print("-- exceptions")
    show("exec", lambda: one.exec("1/0"))
    info = _interpreters.exec(one.id, "raise ValueError('wrong')")
    print(info.type.__name__, info.msg, info.formatted)
    print(info.errdisplay)
    show("syntax", lambda: one.exec("("))
    show("script", lambda: one.exec(10))
    show("arguments", lambda: one.exec(square))
    show("call", lambda: one.call(failing))
    show("captured", lambda: _interpreters.capture_exception(KeyError("k")))

    print("-- calls")
    print(one.call(square, 7), one.call(sorted, [3, 1, 2], reverse=True))
    print(one.call(lambda: __import__("_interpreters").get_current()[0]) == one.id)
    show("closure", lambda: one.call(closure(1)))
    show("not callable", lambda: one.call(5))
    print(one.call(dir))
    thread = one.call_in_thread(print, "in a thread")
    thread.join()

    print("-- shareable")
    for value in (None, 1, 2**70, "a", b"b", 1.5, (1,), [1], {}, object(), memoryview(b"")):
        print(type(value).__name__, interpreters.is_shareable(value), end="; ")
    print()

    print("-- queues")
    queue = interpreters.create_queue(maxsize=2)
    queue.put([1, 2]), queue.put(("a", queue))
    show("full", lambda: queue.put_nowait(3))
    two.prepare_main(queue=queue)
    two.exec("print(queue.get(), queue.get()[1].qsize()); queue.put('from two')")
    print(queue.get(), queue.empty())
    show("empty", queue.get_nowait)
    show("no queue", lambda: _interpqueues.get(999))
    two.exec("queue.put('left')")
    two.close()
    print(queue.qsize(), queue.get(), queue.get if queue.qsize() else "none left")

    print("-- channels")
    channel = _interpchannels.create()
    print(channel.send == channel, channel.recv == channel, channel == int(channel), channel.end)
    _interpchannels.send(channel, "hi", blocking=False)
    print(_interpchannels.get_info(channel)[:4], _interpchannels.recv(channel))
    show("empty", lambda: _interpchannels.recv(channel))
    show("default", lambda: _interpchannels.recv(channel, 7))
    show("timeout", lambda: _interpchannels.send(channel, 1, timeout=0.01))
    _interpchannels.close(channel)
    show("closed", lambda: _interpchannels.send(channel, 1))
    show("no channel", lambda: _interpchannels.recv(999))

    print("-- threads and processes")
    one.exec(
        "import threading\n"
        "t = threading.Thread(target=print, args=('its thread',)); t.start(); t.join()\n"
        "print(threading.main_thread() is threading.current_thread())"
    )
    show("daemon", lambda: one.exec("threading.Thread(target=print, daemon=True).start()"))
    show("fork", lambda: one.exec("import os; os.fork()"))
    results = []
    workers = [threading.Thread(target=lambda: results.append(interpreters.create().call(square, 3)))
               for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(results)
    with InterpreterPoolExecutor(max_workers=2) as pool:
        print(list(pool.map(square, range(5))))

    print("-- the end")
    show("running", lambda: interpreters.get_main().exec("pass"))
    one.close()
    show("gone", one.is_running)
    for other in interpreters.list_all()[1:]:
        other.close()
    print(interpreters.list_all())
