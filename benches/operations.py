"""Single operations, each in a loop: what `run` times.

A function `time_X(n)` does X n times; the loop around it is part of the time, and
`time_loop` is that loop alone.
"""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def get(self):
        return self.x

    @property
    def size(self):
        return self.x

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass


class Other:
    def __init__(self):
        self.y = 1
        self.x = 2

    def get(self):
        return self.y


class Child(Point):
    def get(self):
        return super().get()


def identity(a):
    return a


def with_default(a, b=1):
    return a


def variadic(*args, **kwargs):
    return None


def numbers(n):
    for i in range(n):
        yield i


def time_loop(n):
    for _ in range(n):
        pass


def time_add_ints(n):
    x = 0
    for i in range(n):
        x = x + i


def time_float_arithmetic(n):
    x = 1.0
    for _ in range(n):
        x = x * 1.0000001 + 0.5


def time_add_big_ints(n):
    x = 1 << 70
    for i in range(n):
        x + i


def time_compare_ints(n):
    for i in range(n):
        i < 5


def time_compare_strings(n):
    a = "abc"
    for _ in range(n):
        a == "abd"


def time_call(n):
    for i in range(n):
        identity(i)


def time_call_keyword(n):
    for i in range(n):
        identity(a=i)


def time_call_default(n):
    for i in range(n):
        with_default(i)


def time_call_variadic(n):
    for i in range(n):
        variadic(i, 2)


def time_call_closure(n):
    def inner():
        return x

    x = 1
    for _ in range(n):
        inner()


def time_call_method(n):
    p = Point(1, 2)
    for _ in range(n):
        p.get()


def time_call_method_of_two_types(n):
    both = [Point(1, 2), Other()]
    for i in range(n):
        both[i & 1].get()


def time_call_super(n):
    c = Child(1, 2)
    for _ in range(n):
        c.get()


def time_call_builtin_len(n):
    values = [1, 2, 3]
    for _ in range(n):
        len(values)


def time_call_builtin_isinstance(n):
    for i in range(n):
        isinstance(i, int)


def time_construct(n):
    for i in range(n):
        Point(i, i)


def time_read_attribute(n):
    p = Point(1, 2)
    for _ in range(n):
        p.y


def time_write_attribute(n):
    p = Point(1, 2)
    for i in range(n):
        p.y = i


def time_read_property(n):
    p = Point(1, 2)
    for _ in range(n):
        p.size


def time_read_global(n):
    for _ in range(n):
        identity


def time_list_item(n):
    values = [1, 2, 3]
    for _ in range(n):
        values[1]


def time_list_set_item(n):
    values = [1, 2, 3]
    for i in range(n):
        values[1] = i


def time_list_append(n):
    values = []
    for i in range(n):
        values.append(i)


def time_list_slice(n):
    values = [1, 2, 3, 4]
    for _ in range(n):
        values[1:3]


def time_list_comprehension(n):
    [i for i in range(n)]


def time_list_sort(n):
    values = [(i * 7919) % 10007 for i in range(n)]
    values.sort()


def time_dict_item(n):
    values = {1: 2, "a": 3}
    for _ in range(n):
        values["a"]


def time_dict_set_item(n):
    values = {1: 2, "a": 3}
    for i in range(n):
        values["a"] = i


def time_dict_items(n):
    values = dict.fromkeys(range(n))
    for _key, _value in values.items():
        pass


def time_dict_comprehension(n):
    {i: i for i in range(n)}


def time_set_contains(n):
    values = {1, 2, 3}
    for i in range(n):
        i in values


def time_tuple_build(n):
    a, b = 1, 2
    for i in range(n):
        (a, b, i)


def time_tuple_unpack(n):
    values = (1, 2, 3)
    for _ in range(n):
        _x, _y, _z = values


def time_tuple_hash(n):
    values = (1, 2)
    for _ in range(n):
        hash(values)


def time_str_concatenate(n):
    a = "abc"
    for _ in range(n):
        a + "d"


def time_str_format(n):
    a = "abc"
    for i in range(n):
        f"{a} {i}"


def time_str_index(n):
    a = "abcdef"
    for _ in range(n):
        a[2]


def time_str_join(n):
    values = ["a", "b", "c"]
    for _ in range(n):
        ",".join(values)


def time_str_split(n):
    for _ in range(n):
        "a b c d".split()


def time_bytes_index(n):
    a = b"abcdef"
    for _ in range(n):
        a[2]


def time_generator(n):
    for _ in numbers(n):
        pass


def time_zip(n):
    for _a, _b in zip(range(n), range(n)):
        pass


def time_enumerate(n):
    for _i, _a in enumerate(range(n)):
        pass


def time_raise_and_catch(n):
    for _ in range(n):
        try:
            raise ValueError
        except ValueError:
            pass


def time_with(n):
    p = Point(1, 2)
    for _ in range(n):
        with p:
            pass
