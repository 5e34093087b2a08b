"""What bad input gets: a clear error or a silent rebuild, never the end of the process."""

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import zipfile


def run(*arguments, **options):
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, env=env,
                          timeout=300, **options)
    error = done.stderr.decode("utf-8", "replace").replace(os.getcwd(), "FOLDER")
    last = error.strip().rsplit("\n", 1)[-1]
    return done.returncode, done.stdout.decode().strip(), last


def compiled(text="value = [n * n for n in range(9)]\nprint('module', value[-1])\n"):
    """A module's source and its compiled file, which stands for the source."""
    with open("bad.py", "w") as file:
        file.write(text)
    cache = importlib.util.cache_from_source(os.path.abspath("bad.py"))
    if os.path.exists(cache):
        os.remove(cache)
    assert run("-c", "import bad")[:2] == (0, "module 64")
    with open(cache, "rb") as file:
        return cache, file.read()


def put(cache, data):
    with open(cache, "wb") as file:
        file.write(data)


def compiled_files():
    cache, whole = compiled()
    for length in (0, 3, 4, 11, 15):
        put(cache, whole[:length])
        print("header of", length, run("-c", "import bad"), open(cache, "rb").read() == whole)
    foreign = b"\xa7\x0d\x0d\x0a" + whole[4:]
    put(cache, foreign)
    print("foreign", run("-c", "import bad"), open(cache, "rb").read() == whole)
    put(cache, b"\xff" * len(whole))
    print("noise", run("-c", "import bad"), open(cache, "rb").read() == whole)

    # Behind a good header: an error of Python's, or the module (what was changed may not
    # matter), and never a signal.
    wrong = []
    step = max(1, len(whole) // 40)
    for length in range(16, len(whole), step):
        put(cache, whole[:length])
        code, out, last = run("-c", "import bad")
        if code != 1 or not last.startswith(("EOFError", "ValueError", "TypeError")):
            wrong.append((length, code, out, last))
    print("cut off", wrong)
    put(cache, whole)
    print("as alone", run(cache)[:2])
    put(cache, whole[: len(whole) // 2])
    print("half as program", run(cache)[0])
    put(cache, foreign)
    print("foreign as program", run(cache))


def changed_bytes():
    cache, whole = compiled()
    # CPython does not check what it is given here, and may crash.
    checks = not sys.implementation.cache_tag.startswith("cpython")
    tried, wrong = 0, []
    for at in range(16, len(whole), max(1, (len(whole) - 16) // 59))[:60]:
        for flip in (0x01, 0x80, 0xFF):
            put(cache, whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1:])
            code, _, last = run("-c", "import bad") if checks else (1, "", "")
            tried += 1
            if code not in (0, 1) or "panicked" in last:
                wrong.append((at, flip, code, last))
    print("changed bytes", tried, wrong)


def sources():
    with open("latin.py", "wb") as file:
        file.write(b"name = '\xe9t\xe9'\n")
    print(run("latin.py"))
    print(run("-c", "import latin"))
    with open("cookie.py", "wb") as file:
        file.write(b"# coding: no-such-codec\nprint(1)\n")
    print(run("cookie.py"))
    with open("zero.py", "wb") as file:
        file.write(b"print(1)\n\0print(2)\n")
    print(run("zero.py")[0], run("zero.py")[2])
    for text in (b"(", b"[", b"-", b"not ", b"{1:", b"f'{", b"if 1:\n "):
        with open("deep.py", "wb") as file:
            file.write(text * (10_000_000 // len(text)))
        code, out, last = run("deep.py")
        print(text, code, out, last.split(":")[0])


def archives():
    with zipfile.ZipFile("good.zip", "w") as archive:
        archive.writestr("__main__.py", "print('in the archive')\n")
        archive.writestr("inside.py", "print('inside')\n")
    whole = open("good.zip", "rb").read()
    print(run("good.zip"))
    for name, data in (
        ("half", whole[: len(whole) // 2]),
        ("tail", whole[-30:]),
        ("names", whole.replace(b"inside.py", b"outside.p")),
        ("sizes", whole.replace(b"PK\x01\x02", b"PK\x01\x03")),
        ("offset", whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:]),
    ):
        put("bad.zip", data)
        code, out, last = run("bad.zip")
        print(name, code in (0, 1), last.split(":")[0])
        path = "import sys; sys.path.insert(0, 'bad.zip'); import inside"
        print(name, run("-c", path)[0])


def environments():
    os.makedirs("env/bin")
    os.symlink(os.path.realpath(sys.executable), "env/bin/python")
    for text in (b"", b"home\n", b"home = \n", b"\xff\xfe\0\0 = \xff\n", b"= = =\n",
                 b"home = /nowhere/at/all\nversion = x\n", b"x" * 100_000):
        put("env/pyvenv.cfg", text)
        done = subprocess.run(["env/bin/python", "-c", "import sys, json; print('runs')"],
                              capture_output=True)
        print(text[:12], done.returncode in (0, 1), done.returncode >= 0)


def full_disk():
    """No room for compiled files: they are left out."""
    with open("full.py", "w") as file:
        file.write("value = %r\nprint('full', len(value))\n" % ("x" * 50_000))

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    print(run("-c", "import full", preexec_fn=limit))
    cache = importlib.util.cache_from_source(os.path.abspath("full.py"))
    print(os.path.exists(cache), run("-c", "import full"), os.path.exists(cache))
    os.chmod("__pycache__", 0o500)
    print(run("-c", "import full"))
    os.chmod("__pycache__", 0o700)
    os.rename("__pycache__", "kept")
    put("__pycache__", b"a file where the folder should be")
    print(run("-c", "import full"))
    os.remove("__pycache__")
    print(run("-c", "open('/dev/full', 'w').write('x' * 100000)")[2])
    print(run("-c", "print('x')", stdin=subprocess.DEVNULL)[:2])


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for part in (compiled_files, changed_bytes, sources, archives, environments, full_disk):
        print("--", part.__name__)
        part()
    os.chdir("/")
