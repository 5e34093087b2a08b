# What exhausts memory raises MemoryError, and the program goes on.
import io
import itertools
import pickle
import resource

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.RLIM_INFINITY))


def check(name, grow):
    try:
        grow()
        print(name, "finished")
    except MemoryError as error:
        print(name, "MemoryError", error.args)


def written(stream, text):
    while True:
        stream.write(text)


for exponent in 10, 12, 14:
    check(f"1 << 10**{exponent}", lambda: 1 << 10 ** exponent)
check("pickle", lambda: pickle.loads(b"K\x01r\xff\xff\xff\x7f."))
check("tuple", lambda: tuple(itertools.repeat(0)))
check("join", lambda: "".join(itertools.repeat("abc")))
check("StringIO", lambda: written(io.StringIO(), "x" * 1_000_000))
check("translate", lambda: ("a" * 10 ** 7).translate({97: "b" * 1000}))
print(sum(range(10)), [str(i) for i in range(3)])
