"""Module docstring."""
import a.b.c as d, e.f
from .g import h as i, j

@decorated(1)
def f(a, /, b=1, *args, c, d=2, **kw) -> int:
    """Doc."""
    def inner():
        nonlocal b
        b += a
        return lambda: b
    return inner

class C(Base, metaclass=M):
    """Class doc."""
    x: int = 1
    def method(self):
        self.attr = 1
        return super().method(__class__)

def comprehensions(rows):
    a = [x for row in rows if row for x in row]
    b = {k: lambda: v for k, v in rows}
    return (x async for x in a), {x for x, in b}

def generator(n):
    x = yield n
    yield from x
    return x

async def coroutine(a):
    async with a as b:
        await b
    async for x in b:
        yield x
    print([y async for y in x])

def generic[T: int, *Ts](x: T = 3) -> T: ...
class G[T]: y: T
type Alias[T] = list[T]
t = t"a{1 + 1!r:>{2}}b"
