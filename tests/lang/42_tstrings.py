from string.templatelib import Template, Interpolation, convert
name, n, x = "World", 42, 3.14159
t = t"Hello {name}!"
print(type(t).__name__, t.strings, t.values, len(t.interpolations), t.interpolations[0].value, t.interpolations[0].expression, t.interpolations[0].conversion, repr(t.interpolations[0].format_spec))
print(t, repr(t))
t = t"{n!r:>{n}} and {x:.2f}{name!s}"
print(t.strings, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])
print(list(t"a{1}b{2}"), list(t""), list(t"{1}"), t"".strings, t"only text".strings)
print(t"{n=}".strings, t"{n=}".interpolations[0], t"{ n = }".strings, t"{n=!s}".interpolations[0].conversion, t"{n=:>5}".interpolations[0])
print(t"{ n }".interpolations[0].expression, t"{n + 1}".interpolations[0].expression, t"{ 'q' }".values, t"{(lambda v: v)(5)}".values, t"{{}}".strings, t"{'{'}".values)
a = t"x{1}" + t"{2}y"
print(a.strings, a.values)
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: t"a" + "b")
attempt(lambda: "a" + t"b")
attempt(lambda: t"a" == t"a")
attempt(lambda: t"a" * 2)
attempt(lambda: len(t"a"))
attempt(lambda: t"a"[0])
attempt(lambda: t"a".x)
attempt(lambda: setattr(t, "strings", ()))
attempt(lambda: Template("a", Interpolation(5, "five"), "b", "c", Interpolation(6)))
attempt(lambda: Template(Interpolation(1), Interpolation(2)).strings)
attempt(lambda: Template(5))
attempt(lambda: Template(strings=()))
attempt(lambda: Interpolation())
attempt(lambda: Interpolation(1, "e", "x"))
attempt(lambda: Interpolation(1, "e", "r", ">5"))
attempt(lambda: Interpolation(1, 2))
attempt(lambda: type("S", (Template,), {}))
attempt(lambda: hash(t"a") == hash(t"a"))
attempt(lambda: str(Template()))
print(t"one" t" two {n}" rt"\n{n}" tr"\x".__class__.__name__, (t"one" t" two {n}").strings)
print(rt"\n{n}\t".strings, T"{n}".values, Rt"\d".strings, t"""multi
{n}
line""".strings, t'{"same quotes"}'.values)
def html(template):
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
        else:
            v = convert(part.value, part.conversion)
            v = format(v, part.format_spec)
            out.append(v.replace("&", "&amp;").replace("<", "&lt;"))
    return "".join(out)
evil = "<script>"
print(html(t"<p>{evil}</p> {n:05d} {evil!r:>12}"))
match t"{n}".interpolations[0]:
    case Interpolation(value, expr, conv, spec):
        print("match:", value, expr, conv, repr(spec))
order = []
def say(v):
    order.append(v)
    return v
t"{say(1)} {say(2):{say(3)}} {say(4)!r}"
print(order)
nested = t"outer {t'inner {n}'} {f'f {n}'}"
print(nested.values[0].strings, nested.values[1])
print(f"{t'{n}'.values}", t"{n!r}".interpolations[0].conversion, [t"{i}".values for i in range(2)])
def lazy():
    return t"{missing}"
attempt(lazy)
print(convert("é", "a"), convert("é", "r"), convert(5, "s"), convert(5, None))
attempt(lambda: convert(5, "x"))
i = t"{n:x}".interpolations[0]
print(repr(i), i.__class__.__match_args__, Interpolation(1, "", None, "") is not None)
try:
    i.value = 5
except AttributeError as e:
    print(e)
for bad in ('t"{"', 't"}"', 't"{}"', 't"{n!x}"', 't"{n!}"', 't"a" "b"', '"a" t"b"', 't"a" b"b"', 'tb"x"', 'ut"x"', 'ft"x"', 't"{a b}"', "t'{n", 't"a" f"b"', 't"{lambda x: 1}"', 'match 1:\n case t"x": pass'):
    try:
        compile(bad, "<t>", "exec")
        print("compiles:", bad)
    except SyntaxError as e:
        print(bad, "->", e.msg)
import copy, pickle
p = pickle.loads(pickle.dumps(t"a{n}b"))
print(p.strings, p.values, copy.copy(t"x{1}").values, copy.deepcopy(t"{[1]}").values)
print(Template("a", Interpolation(1, "x"), "b").interpolations[0].expression, t"{n}".values == (42,), iter(t"a").__class__.__name__)
