"""Indentation defines blocks; improper indentation raises IndentationError."""

total = 0
for number in (1, 2, 3):
    if number > 1:
        total += number     # inside the if
    total += 10             # inside the for
total += 100                # outside both
print("total:", total)

cases = {
    "no block": "if True:\nprint('x')\n",
    "too far in": "x = 1\n    y = 2\n",
    "back to nowhere": "if True:\n        x = 1\n    y = 2\n",
    "empty function": "def f():\nx = 1\n",
    "class without a body": "class C:\n\n\nprint(C)\n",
    "tabs and spaces": "if True:\n        x = 1\n\ty = 2\n",
    "correct": "if True:\n  x = 1\n  y = 2\n",
}
for name, source in cases.items():
    try:
        compile(source, "<example>", "exec")
        print(f"{name}: compiles")
    except IndentationError as error:
        print(f"{name}: {type(error).__name__}, line {error.lineno}: {error.msg}")

# TabError is an IndentationError, and that is a SyntaxError.
print([c.__name__ for c in TabError.__mro__[:4]])

# Inside brackets, lines may be indented freely.
values = [
  1,
        2,
    3,
]
print(values)
