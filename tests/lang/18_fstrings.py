name, n, x = "World", 42, 3.14159
print(f"Hello {name}", f"{n}", f"{n + 1}", f"{x:.2f}", f"{name!r}", f"{name!s:>10}|", f"{'é'!a}")
print(f"{n=}", f"{n = }", f"{x=:.2f}", f"{name=!s}", f"{n+1=}", f"{ n = }")
print(f"{{literal}} {{{n}}}", f"{n:5d}|{n:<5d}|{n:^5d}|{n:05d}|{n:+d}|{n: d}|{n:,}|{1234567:,}|{1234567:_}")
print(f"{n:b} {n:o} {n:x} {n:X} {n:#b} {n:#o} {n:#x} {n:c} {n:e} {n:%} {n:_b} {2**70:,}")
print(f"{x:f} {x:e} {x:g} {x:10.2f}| {x:<10.2f}| {x:+.1f} {x:.0f} {x:#.0f} {x:%} {x:n} {1e20:g} {1e-10} {x:E} {x:08.3f}")
print(f"{'abc':5}|{'abc':>5}|{'abc':^5}|{'abc':*^7}|{'abcdef':.3}|{'abc':<5.2}|")
w, p = 10, 3
print(f"{x:{w}.{p}}|{x:>{w}}|{'s':{'*'}^{w}}|{n:{'0'}{w}d}")
print(f"{'nested ' + f'{n}'}", f"{f'{f'{n}'}'}", f"{', '.join(str(i) for i in range(3))}", f"{[i for i in range(3)]}")
print(f"{(lambda v: v * 2)(n)}", f"{ {'a': 1}['a'] }", f"{(1, 2)}", f"{1 if n else 2}", f"{n!r:>5}", f"{n:{'>' + '5'}}")
print(f'{name["x" if False else 0]}', f"{"same quotes"}", f"{'a' 'b'}", f"a" "b" f"{n}" 'c')
print(f"""multi
{n}
line""", f"{
    n
    + 1
}")
print(rf"\n{n}\t", f"\n{n}".strip(), f"\x41{n}\u00e9\N{BULLET}", Rf"\{n}", f"\{n}" if False else "")
print(f"", f"{''}", f"{None} {True} {...} {[]}", f"{n:}", f"{name:}")
print(f"{1_000:_} {0.1 + 0.2} {1e300 * 10} {-0.0} {2 ** 70}")
class F:
    def __format__(self, spec): return "<" + spec + ">"
    def __str__(self): return "str"
    def __repr__(self): return "repr"
f = F()
print(f"{f} {f:spec} {f!s} {f!r:>6} {f:{n}} {f:a{n}b} {f=} {f=:x} {f:%Y-%m}")
print(f"{n:{n}}|", f"{'x':{'<'}{5}}|", f"{3.0} {3.5:.0f} {4.5:.0f} {0.5:.0f}")
print(f"{True:d} {True} {False:5} {True:>5}|", f"{10:{'x' if True else 'd'}}", f"{3+4j} {3+4j:.1f}")
for spec in (".2f", "s", "d", "z", "10q", "+s", ",s", "=5", ".3d", "c", "_,", "#s", "0=5", ".", "10", "<<5", ",.2f", "-z.1f", "_x", ",x"):
    for v in (5, 2.5, "txt"):
        try:
            print(repr(format(v, spec)), end=" ")
        except (ValueError, TypeError, OverflowError) as e:
            print(type(e).__name__ + ":", e, end="; ")
    print()
print(format(5), format("a", ">3"), format(None), format([1]), format(-0.04, "z.1f"), format(1234.5, ",.1f"), format(-5, "=+6"), format(5, "=6"), format(255, "#010x"))
for bad in ([], {}, None, (1,)):
    try:
        format(bad, "5")
    except TypeError as e:
        print(e)
for src in ('f"{}"', 'f"{n"', 'f"}"', 'f"{n!x}"', 'f"{n!}"', 'f"{n:{m}}"', 'f"{lambda x: 1}"', 'f"{a b}"', 'f"{n!r"', 'f"{*[1]}"', 'f"{n:{"', 'f"{=}"', "f'{a[0'"):
    try:
        print(eval(src))
    except (SyntaxError, NameError) as e:
        print(src, type(e).__name__, e.msg if isinstance(e, SyntaxError) else e)
print("%s %r %d %i %5.1f%% %-5s| %05.1f %+d %x %o %e %c %s" % ("a", "b", 3, 4.7, 12.34, "l", 2.5, 7, 255, 8, 1.5, "z", (1,)))
print("%(k)s %(n)05d" % {"k": "v", "n": 42}, "%s" % [1], "%s" % None, "%s" % ((1, 2),), "%%", "%5s|%-5s|%.2s" % ("ab", "cd", "efg"))
print("{0:{1}}|{2!r}|{3[0]}|{3[1].real}|{k}".format(5, 10, "q", [1, 2], k="kw"), "{:{}.{}f}".format(3.14159, 8, 2), "{a.real}".format(a=5))
print("{} {x} {}".format(1, 2, x=3), "{0} {0}".format(1), "{:%}".format(0.5), "{!r:>5}".format("a"))
print("{a[k]} {a[0]}".format(a={"k": 1, 0: 2}), "{0[a b]}".format({"a b": 5}), "{x}".format_map({"x": 1}))
def side():
    out = []
    def t(v):
        out.append(v)
        return v
    f"{t(1)} {t(2):{t(5)}} {t(3)!r}"
    return out
print(side())
def nested_func(a):
    return f"{a} {[a for a in range(2)]} {(lambda: a)()}"
print(nested_func("A"))
print(f"{n:{'{'}>5}" if False else f"{n:>5}", f"{'{'}", f"{'}'}", f"{'\\'}", f"{'\n'!r}", f"{"\t"!r}")
