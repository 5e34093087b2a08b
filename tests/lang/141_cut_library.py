# A shared object that ends too early is an error. (CPython is killed by SIGBUS.)
import ctypes
import importlib.util
import os
import tempfile

with open("/proc/self/maps") as maps:
    libc = next(line.split()[-1] for line in maps if "/libc.so" in line or "/libc-" in line)
with open(libc, "rb") as file:
    data = file.read()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "cut.abi3.so")
    for length in (70, 3000, len(data) // 2):
        with open(path, "wb") as file:
            file.write(data[:length])
        spec = importlib.util.spec_from_file_location("cut", path)
        for load in (lambda: importlib.util.module_from_spec(spec), lambda: ctypes.CDLL(path)):
            try:
                load()
            except OSError as error:
                print("OSError", str(error).replace(path, "PATH"))
            except ImportError as error:
                print("ImportError", str(error).replace(path, "PATH"), error.name)
