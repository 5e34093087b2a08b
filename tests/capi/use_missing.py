import importlib.machinery, importlib.util, os, pathlib, sys, tempfile
folder = next(p for p in sys.path if os.path.exists(os.path.join(p, "missing.cpython-314-x86_64-linux-gnu.so")))
good = pathlib.Path(folder, "basics.cpython-314-x86_64-linux-gnu.so")
def attempt(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    try:
        print(name, importlib.util.module_from_spec(spec))
    except ImportError as e:
        print(name, type(e).__name__, str(e).replace(str(path), "PATH"), e.name, e.path == str(path))
try:
    import missing
except ImportError as e:
    print(type(e).__name__, os.path.basename(str(e).split(":")[0]), str(e).split(":", 1)[1], e.name, os.path.basename(e.path))
with tempfile.TemporaryDirectory() as t:
    for name, data in {"empty": b"", "text": b"no shared object at all", "short": b"\x7fELF", "cut": b"\x7fELF" + bytes(60)}.items():
        path = os.path.join(t, name + ".abi3.so")
        pathlib.Path(path).write_bytes(data)
        attempt(name, path)
    if good.exists():
        path = os.path.join(t, "other.so")
        pathlib.Path(path).write_bytes(good.read_bytes())
        attempt("other", path)
        attempt("héllo", path)
    attempt("gone", os.path.join(t, "gone.so"))
print(importlib.machinery.EXTENSION_SUFFIXES, importlib.machinery.ExtensionFileLoader.__name__)
import importlib.machinery
print(importlib.machinery.ExtensionFileLoader("x", "/p"))
