"""A folder of files: paths, walks, archives, configuration."""

import configparser
import fnmatch
import glob
import os
import pathlib
import pickle
import shutil
import stat
import tempfile
import tomllib
import zipfile

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for i in range(6):
        path = folder / f"part{i % 2}" / f"file{i}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"line {i}\nmore\n" * 3, encoding="utf-8")
    print(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.txt"))[:3], [p.suffix for p in folder.iterdir()], path.stem, path.with_suffix(".bak").name, path.exists())
    for root, folders, files in os.walk(name):
        folders.sort()
        for file in sorted(files):
            full = os.path.join(root, file)
            assert os.path.isfile(full) and os.path.getsize(full) and fnmatch.fnmatch(file, "*.txt")
    with open(path, "r+") as file:
        lines = [line.rstrip() for line in file]
        file.seek(0)
        file.write("start")
        print(file.tell(), lines[:2], file.name == str(path))
    with path.open("rb") as file:
        print(file.read(3), file.readline(), file.seek(2), file.readinto(bytearray(4)), len(file.readlines()))
    status = path.stat()
    print(stat.filemode(status.st_mode), status.st_size, os.access(path, os.R_OK), os.path.splitext("a/b.c"), os.path.relpath("/a/b", "/a/c"), os.path.normpath("a//b/../c"))
    shutil.copytree(folder / "part0", folder / "copy")
    shutil.move(folder / "copy", folder / "moved")
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for found in glob.glob(name + "/part*/*.txt"):
            archive.write(found, os.path.basename(found))
    with zipfile.ZipFile(folder / "all.zip") as archive:
        print(sorted(archive.namelist())[:2], archive.read("file1.txt")[:6])
    (folder / "data.pickle").write_bytes(pickle.dumps({"a": [1, 2.5, ("x", None)], "b": {1, 2}}, protocol=5))
    print(pickle.loads((folder / "data.pickle").read_bytes()))
    settings = configparser.ConfigParser()
    settings.read_string("[server]\nport = 80\nhost = %(name)s.org\nname = a\n")
    print(settings.getint("server", "port"), settings["server"]["host"], tomllib.loads('a = 1\n[b]\nc = ["x", 2.5, true]\n'))
    os.remove(path)
    try:
        path.read_text()
    except FileNotFoundError as error:
        print(error.errno, error.strerror)
