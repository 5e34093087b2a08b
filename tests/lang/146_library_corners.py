# Corners of the library that programs meet: names in comprehensions that are evaluated in
# separate namespaces, long reads, debuggers, closed descriptors, audit hooks, prompts.
import codeop, decimal, io, os, pickle, signal, struct, subprocess, sys, tempfile, warnings


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


print("-- names of a comprehension outside functions")
names = {"x": 2, "y": [1, 2, 3]}
for source in (
    "[n for n in y if n != x]", "{n: x for n in y}", "{x for n in y}",
    "[[x for a in y] for b in y]", "[(x, n) for n in y for m in y if x]",
    "sum([x for n in [1]])", "list(n for n in y)", "list(x for n in y)", "[lambda: x for n in y][0]()",
):
    show(eval, source, {}, dict(names))
    show(eval, source, {"x": 5, "y": (7,)}, dict(names))
space = {}
exec("k = 3\nz = [(last := k) for n in range(2)]", space, local := {})
print(local, space["last"])


class Body:
    x = 1
    try:
        z = [x for n in [1]]
    except NameError as error:
        print(error)
    exec("q = [x for n in [1]]")
    print(q)


print("-- reads that are longer than one read of the system's")
with tempfile.TemporaryFile() as file:
    file.write(bytes(3_000_007))
    file.seek(0)
    print(len(file.read(2_999_999)), len(file.read(3)), len(file.read(100)))
    file.seek(5)
    print(len(file.read(1 << 20)), len(file.read1(1 << 20)) > 0, len(file.read(1 << 30)) > 0)


print("-- trace functions and generators")
def gen(result):
    yield 1
    yield 2
    return result


def loops():
    for i in gen(None):
        pass
    for i in gen(5):
        pass


def trace(frame, event, arg):
    name = frame.f_code.co_name
    if name in ("gen", "loops"):
        kind = arg[0].__name__ if event == "exception" else arg
        print(name, event, frame.f_lineno - frame.f_code.co_firstlineno, kind)
    if event == "call" and name == "gen" and frame.f_lasti > 10:
        return None
    return trace


sys.settrace(trace)
loops()
sys.settrace(None)
program = '''
def gen():
    yield 0
    yield 1
    yield 2
    yield 3
def outer():
    x = 1
    def inner():
        nonlocal x
        x += 1
    return inner
inner = outer()
breakpoint()
for i in gen():
    print(i)
'''
commands = "break gen\nbreak inner\nlst = [n for n in range(10) if n % 3 == 0]\nlst\nnext\nstep\nuntil 6\nclear 1\ncontinue\n"
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "debugged.py")
    with open(path, "w") as file:
        file.write(program)
    done = subprocess.run([sys.executable, path], input=commands, capture_output=True, text=True)
    print(done.stdout.replace(folder, "FOLDER").replace("<", "\n<"))
    print("-- what is no folder of the program's", flush=True)
    with open(path, "w") as file:
        file.write("import sys; print(sys.path[0] == sys.argv[1], sys.flags.safe_path)")
    for safe in ("", "1"):
        environment = {**os.environ, "PYTHONSAFEPATH": safe}
        subprocess.run([sys.executable, path, folder], env=environment)

print("-- descriptors that are closed from the start", flush=True)
source = "import os; fd = os.open('/dev/null', 0); os.write(2, b'%d\\n' % fd)"
subprocess.run([sys.executable, "-c", source], preexec_fn=lambda: os.close(0), stderr=1)
source = "import sys; sys.stderr.write(f'{sys.stdin} {sys.stdout}\\n')"
subprocess.run(["sh", "-c", f'"{sys.executable}" -c "{source}" 2>&1 >&- <&-'])

print("-- locales", flush=True)
source = (
    "import os, sys; print(sys.flags.utf8_mode, sys.stdout.errors, os.environ.get('LC_CTYPE'),"
    " open(os.devnull).encoding)"
)
for extra in (
    {}, {"LANG": "C.UTF-8"}, {"LANG": "C", "PYTHONCOERCECLOCALE": "warn"},
    {"PYTHONUTF8": "1", "LANG": "C.UTF-8"}, {"PYTHONUTF8": "0"}, {"PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C.UTF-8", "LANG": "C"},
):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    subprocess.run([sys.executable, "-c", source], env={**kept, **extra}, stderr=1)
subprocess.run([sys.executable, "-X", "utf8=0", "-c", source], stderr=1)

print("-- prompts")
for source in (
    "def x():\n  pass\n ", "def x():\n  pass\n#", "def x():\n  pass\n", "def x():\n  pass\n\n",
    "if 1:\n  a\n\n ", "a = 1\n ", "@a\n ", "if a: b\n ", "try:\n a\nfinally:\n b\n ",
):
    print(repr(source), codeop.compile_command(source, "f", "single") is not None)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        codeop.Compile()("'\\e' + (", "f", "single")
    except SyntaxError as error:
        print(type(error).__name__)
    print(len(caught))

print("-- arguments")
for kwargs in (
    {"encoding": "\udcfe"}, {"encoding": "utf-8\0"}, {"newline": "\udcfe"}, {"newline": "\n\0"},
):
    show(io.TextIOWrapper, io.BytesIO(), **kwargs)
show(io.TextIOWrapper(io.BytesIO()).reconfigure, encoding="\udcfe")
for signals in ([1 << 1000], [-(1 << 70)], [0], [65]):
    show(signal.pthread_sigmask, signal.SIG_BLOCK, signals)
show(subprocess.call, ["true"], extra_groups=[2**64])
unready = struct.Struct.__new__(struct.Struct)
show(lambda: unready.size)
show(unready.pack, 1)
show(decimal.Decimal, (0, (1,), 10**20))
show(decimal.Context().create_decimal, (0, (1,), -(10**20)))
for base in ("0", "-0", "2", "-2", "Inf", "-Inf", "0.5", "1"):
    print(*(decimal.Context(traps=[]).power(decimal.Decimal(base), decimal.Decimal(e)) for e in ("Inf", "-Inf")))
for data in (
    b"\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00Vhelloworld\n.",
    b"\x80\x04\x95\x09\x00\x00\x00\x00\x00\x00\x00cbuiltins\nprint\n.",
):
    show(pickle.loads, data)

print("-- what is left open", flush=True)
source = """
import os, socket
def leave():
    file = open(os.devnull)
    file = None
    made = socket.socket()
    made = None
leave()
"""
for options in ((), ("-X", "tracemalloc=2")):
    done = subprocess.run(
        [sys.executable, "-Wd", *options, "-c", source], capture_output=True, text=True
    )
    for line in done.stderr.splitlines():
        print(line.partition("unclosed")[0] or line)

print("-- audit hooks")
heard, listening = [], False
shown = ("exec", "compile", "import", "open")


def hook(event, args):
    if listening and (event in shown or event.startswith("os.")):
        heard.append((event, *(a for a in args if isinstance(a, (str, int, bytes)))))


traced = []
def watch(frame, event, arg):
    traced.append((frame.f_code.co_name, event))


sys.addaudithook(hook)
os.chdir(tempfile.mkdtemp())
listening = True
eval(" 1")
exec("1")
compile("1", "f", "eval")
exec(compile("1", "g", "exec"))
try:
    import missing_module_for_this
except ImportError:
    pass
open("a", "w").close()
open("a", "rb").close()
open("a", "r+b", 0).close()
os.close(os.open("a", os.O_RDONLY))
os.mkdir("d", 0o700)
os.link("a", "b")
os.symlink("a", "c")
os.chmod("a", 0o600)
os.chown("a", -1, -1)
os.truncate("a", 3)
os.chdir("d")
os.chdir("..")
os.rename("b", "e")
os.remove("e")
os.rmdir("d")
listening = False
for event in heard:
    print(event)
for asked in (None, True, False):
    if asked is not None:
        hook.__cantrace__ = asked
    traced.clear()
    sys.settrace(watch)
    sys.audit("q")
    sys.settrace(None)
    print(asked, traced)
