import embedding
import marshal
import os
import signal
import socket
import subprocess
import sys
import tempfile


def plain(a, b=2, *rest, c, d=4, **more):
    return a, b, rest, c, d, more


def outer():
    cell = "of the cell"

    def inner(x):
        return x, cell
    return inner


def tried(*args):
    try:
        print(embedding.evaluate(*args))
    except Exception as error:
        print(type(error).__name__, error)


code = plain.__code__
tried(code, {}, (1,), ("c", 3), (2,), {"d": 4}, None)
tried(code, {}, (1, 2, 3, 4), ("c", 3, "other", 5), (), {"d": 4}, None)
tried(code, {}, (1,), ("c", 3), (), None, None)
tried(code, {}, (), ("a", 1, "b", 2, "c", 3, "d", 4), (), None, None)
tried(code, {}, (1,), ("a", 3, "c", 3), (2,), {"d": 4}, None)
inner = outer()
tried(inner.__code__, {}, (1,), (), (), None, inner.__closure__)
space = {}
tried(compile("made = [i for i in range(3)]", "name", "exec"), space, (), (), (), None, None)
print(space["made"])
tried(compile("made[1] + 5", "name", "eval"), space, (), (), (), None, None)
embedding.statuses()


def handler(number, frame):
    raise ValueError("of the handler")


signal.signal(signal.SIGALRM, handler)
embedding.threads()
with tempfile.NamedTemporaryFile() as file:
    for value in [1, ("a", 2.5)], {"key": b"bytes" * 3}:
        file.write(marshal.dumps(value))
    file.write(b"i\1")
    file.flush()
    embedding.marshalled(file.name)
first, second = socket.socketpair()
first.setblocking(False)
embedding.signals(first.fileno())


class Made:
    def __repr__(self):
        return "Made()"


Made.get_x = embedding.wrapper(Made)
print(Made().get_x(), Made.get_x(Made()), Made.get_x.__doc__, Made.get_x.__name__, Made.get_x.__text_signature__, type(Made.get_x))
for call in lambda: Made().get_x(1), lambda: Made.get_x(), lambda: Made.get_x(5):
    try:
        print(call())
    except TypeError as error:
        print(error)
embedding.paths()
before = sys.path[:], sys.prefix, sys.executable
embedding.set_paths()
print((sys.path, sys.prefix, sys.executable) == before)
embedding.states(embedding)
embedding.initialized()
for name in "append_inittab", "extend_inittab", "init_state":
    done = subprocess.run([sys.executable, "-c", f"import embedding; embedding.{name}()"], capture_output=True, text=True)
    print(done.returncode, done.stderr.splitlines()[0].partition("error: ")[2])
