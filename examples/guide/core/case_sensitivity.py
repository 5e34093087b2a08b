"""Identifiers are case-sensitive."""

Var = "upper"
var = "lower"
VAR = "all upper"
print(Var, var, VAR)
print("Var != var:", Var != var)

try:
    print(vAr)
except NameError as error:
    print("NameError:", error)

class Thing:
    name = "a"
    Name = "b"

print(Thing.name, Thing.Name, getattr(Thing, "NAME", "no such attribute"))
print({"Key": 1, "key": 2})

# Keywords too: only True is one, true is an ordinary name.
true = "just a name"
print(True, true)
for text in ("If 1: pass", "Return = 5; print(Return)"):
    try:
        exec(text)
    except SyntaxError as error:
        print("SyntaxError:", text, "-", error.msg)
