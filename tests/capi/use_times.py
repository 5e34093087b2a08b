import times


class Index:
    def __index__(self):
        return 3

    def __repr__(self):
        return "Index()"


for value in 0, 1, -1, 2.5, -2.5, 1e-9, 1.5e-9, 0.1234567895, -0.1234567895, 1e9 + 0.999999999, 1e30, -1e30, 2 ** 62, 2 ** 70, -2 ** 70, float("nan"), float("inf"), True, None, "x", Index():
    print(value)
    times.objects(value)
for value in 0, 1, -1, 499, 500, 501, 1500, 2500, -1500, -2500, 999_999_999, 1_000_000_000, -1_234_567_895, 2 ** 63 - 1, -2 ** 63:
    print(value)
    times.times(value)
times.clocks()
