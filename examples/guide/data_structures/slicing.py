"""seq[start:stop:step] extracts a subsequence."""

seq = list(range(10))
print(seq[2:5], seq[:3], seq[7:], seq[:], seq[-3:], seq[:-7])
print(seq[::2], seq[1::3], seq[2:8:2])

# Negative steps go backwards.
print(seq[::-1], seq[8:2:-2], seq[-1:-4:-1])
print("python"[::-1], (1, 2, 3)[::-1], b"bytes"[::-1], range(5)[::-1])

# Bounds beyond the ends are no error; a single index is.
print(seq[5:100], seq[100:], seq[-100:2])
try:
    seq[100]
except IndexError as error:
    print("IndexError:", error)
try:
    seq[::0]
except ValueError as error:
    print("ValueError:", error)

# A slice is a copy of a list, and may be assigned to.
copy = seq[:]
copy[2:5] = ["x"]
print(copy, len(seq))
copy[::2] = [0] * len(copy[::2])
print(copy)
del copy[1:3]
print(copy)

# Slices are objects, and any class can take them.
last_three = slice(-3, None)
print(seq[last_three], "abcdef"[last_three], last_three.indices(10))

class Window:
    def __getitem__(self, key):
        return key

print(Window()[1:2], Window()[1:2, ::3], Window()[...])
