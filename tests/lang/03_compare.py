print(1 < 2, 2 < 1, 1 <= 1, 1 > 2, 2 >= 2, 1 == 1, 1 != 1)
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 > 1, 1 == 1.0 == True)
print(1 < 2.5, 2.5 > 1, 2 ** 60 < 2.0 ** 61, 2 ** 70 > 1, -2 ** 70 < -1)
print("a" < "b", "abc" < "abd", "ab" < "abc", "" < "a", "Z" < "a", "é" > "z")
print([1, 2] < [1, 3], [1] < [1, 0], [] == [], (1, 2) == (1, 2), (1, 2) == [1, 2])
print({"a": 1} == {"a": 1.0}, {1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} != {1: 3})
print("1" == 1, None == 0, None is None, not None)
print(1 in [1, 2], 3 in (1, 2), "a" in "cat", "" in "", "k" in {"k": 1}, 2 not in [1])
print(True and False, True or False, not True, not 0, not "")
print(1 and 2, 0 and 2, 1 or 2, 0 or 2, None or [], [] or {} or "last")
print(not [], not [0], not {}, not (), not 0.0, not 0j, not "0", not None)
print("yes" if 1 else "no", "yes" if 0 else "no")
print(1 if True else 2 if True else 3, 1 if False else 2 if False else 3)
x = []
y = x
print(x is y, x is [], x is not None, x == [])
a = 5
b = 5
print(a is b, a is not b)
n = float("nan")
print(n == n, n != n, n < n, n in [n], [n] == [n], n is n)
inf = float("inf")
print(inf > 10 ** 300, -inf < -10 ** 300, inf == inf, inf > 2 ** 2000)
print(0.0 == -0.0, 0 == -0.0, 1 == 1 + 0j, 1j == 1j)
def say(v):
    print("say", v)
    return v
print(say(1) < say(2) < say(3))
print(say(3) < say(2) < say(1))
print(say(0) and say(1))
print(say(0) or say(1) or say(2))
print(say(1) if say(0) else say(2))
def fails(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__ + ":", e)
fails(lambda: 1 < "a")
fails(lambda: None > 1)
fails(lambda: [] >= ())
fails(lambda: 1j < 2j)
fails(lambda: {} < {})
fails(lambda: 1 in 2)
fails(lambda: 1 in "1")
fails(lambda: [1, "a"] < [1, 2])
class Loud:
    def __init__(self, n):
        self.n = n
    def __lt__(self, other):
        print("lt", self.n, other.n)
        return self.n < other.n
    def __bool__(self):
        print("bool", self.n)
        return self.n > 0
l = Loud(1)
m = Loud(2)
print(l < m, l > m)
if l < m < Loud(0):
    print("never")
print(not l)
if Loud(0):
    print("never")
elif Loud(5):
    print("five")
while not Loud(1):
    print("never")
class Length:
    def __len__(self):
        return 0
print(bool(Length()), bool(Loud), not Length())
class Odd:
    def __eq__(self, other):
        return "anything"
    def __ne__(self, other):
        return "not"
    def __contains__(self, x):
        return "truthy"
print(Odd() == 1, 1 == Odd(), Odd() != 1, 3 in Odd(), 3 not in Odd())
