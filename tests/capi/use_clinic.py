import clinic
import itertools


def tried(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(function.__name__, args, kwargs, result)


clinic.counts()
for args in (), (1,), ("x",), (1, "a"), (1, "a", b""), (1, 2), (1, "a", 2, 3):
    tried(clinic.stack, *args)

keywords = [{}, {"b": 2}, {"count": 3}, {"only": "o"}, {"b": 2, "only": "o"}, {"count": 3, "b": 2}, {"coun": 1, "b": 2},
            {"other": 1}, {"b": 2, "count": 3, "only": "o"}, {"only": 5, "b": 1}, {"": 1}, {"b": 1, "zzz": 2, "count": 3}]
for function in clinic.fast, clinic.stacked, clinic.unpacked, clinic.required, clinic.none, clinic.variable:
    for count in range(6):
        for kwargs in keywords:
            tried(function, *range(1, count + 1), **kwargs)
for kwargs in {"sep": 1}, {"end": 2}, {"sep": 1, "end": 2}, {"spe": 1}, {"sep": 1, "x": 2}:
    for count in 0, 1, 2, 3, 4:
        tried(clinic.variable, *range(count), **kwargs)
for kwargs in {"x": 1}, {"y": 1}, {"x": 1, "y": 2}:
    tried(clinic.none, **kwargs)
    tried(clinic.none, 1, **kwargs)
tried(clinic.said, "x")
tried(clinic.said)
tried(clinic.said, x=3)
tried(clinic.said, y=3)
# Numbers that are not kept as objects are borrowed too.
big = 10 ** 9 + 7
print(clinic.unpacked(big, b=big + 1, count=1.5), clinic.required(big, b=2.5, only=big * 2))
