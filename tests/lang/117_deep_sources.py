# Sources that nest deeply, repeat for long or end too early: how far they compile.
def check(name, source, mode="exec"):
    try:
        compile(source, "<deep>", mode)
        print(name, "compiles")
    except (SyntaxError, MemoryError) as error:
        print(name, type(error).__name__, error.args[0])


for prefix in "-", "not ", "~":
    check(f"{prefix}a * 5900", prefix * 5900 + "a")
    check(f"{prefix}a * 6100", prefix * 6100 + "a")
check("choices", "a if b else " * 5900 + "a")
check("too many choices", "a if b else " * 6100 + "a")
check("lambdas", "lambda: " * 2900 + "a")
check("too many lambdas", "lambda: " * 3100 + "a")
for link in " + a", ".a", "[0]", "()", " @ a":
    check(f"a{link} * 5000", "a" + link * 5000)
for link in " or a", " and a", " < a", " in a", " or a and a < a":
    check(f"a{link} * 20000", "a" + link * 20000)
for item in "lambda a, b=1: a + b, ", "a if b else c, ", "[a for a, b in c if d], ":
    check(f"[{item}] * 5000", f"[{item * 5000}]")
check("elif", "if a: pass\n" + "elif a: pass\n" * 2900)
for bracket in "([{":
    check(f"{bracket} * 200", bracket * 200)
    check(f"{bracket} * 100000", bracket * 100_000)
check("f-strings", 'f"{' * 149 + "1" + '}"' * 149)
check("more f-strings", 'f"{' * 150 + "1" + '}"' * 150)
check("mixed", 't"{' * 150)
check("alternating", "f'{f\"{" * 150)
