"""A weak reference's callback collects while its object dies; coroutines leave nothing behind."""

import gc
import weakref


def gen():
    yield


async def agen():
    yield


class Plain:
    pass


class Items(list):
    pass


called = 0


def collects(reference):
    global called
    called += 1
    gc.collect()


for make in (gen, agen, Plain, Items, Exception, lambda: lambda: 0, lambda: {1}, lambda: Plain().__init__):
    for _ in range(20):
        dying = make()
        try:
            reference = weakref.ref(dying, collects)
        except TypeError:
            break
        del dying
        again = [make() for _ in range(20)]
        del again
print("called", called)


class Held:
    pass


async def fails():
    raise ValueError


def closure(held):
    async def caught():
        held
        try:
            await fails()
        except ValueError:
            pass

    async def caught_itself():
        held
        try:
            raise ValueError
        except ValueError:
            pass

    def generator():
        held
        try:
            raise ValueError
        except ValueError:
            yield

    return caught, caught_itself, generator


def drive(iterator):
    try:
        while True:
            iterator.send(None)
    except StopIteration:
        pass


left = []
for which in range(3):
    held = Held()
    left.append(weakref.ref(held))
    function = closure(held)[which]
    drive(function())
    del function, held
gc.collect()
print([reference() for reference in left])
