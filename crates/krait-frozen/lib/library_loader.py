

# The standard library inside the binary: what `sys.path`'s entry for it holds. These
# classes stand at the end of `importlib._bootstrap_external`.

class LibraryLoader(SourceFileLoader):

    """Loads modules whose code and source are inside the binary. Their files are named
    as if they lay in the library's folder."""

    def __init__(self, fullname, path, library_name):
        self.name = fullname
        self.path = path
        self.library_name = library_name

    def get_code(self, fullname):
        path = self.path if fullname == self.name else self.get_filename(fullname)
        return _imp.get_library_object(self.library_name, path)

    def get_data(self, path):
        if path == self.path:
            return _imp.get_library_source(self.library_name)
        return super().get_data(path)

    def path_stats(self, path):
        if path == self.path:
            return {'mtime': 0, 'size': len(self.get_data(path))}
        return super().path_stats(path)

    def set_data(self, path, data, *, _mode=0o666):
        # Nothing is cached: the code is there.
        pass

    def get_resource_reader(self, fullname):
        from importlib.readers import FileReader
        if not self.is_package(fullname):
            return None
        folder = _imp.library_data(self.library_name)
        reader = FileReader.__new__(FileReader)
        import pathlib
        reader.path = pathlib.Path(folder)
        return reader


class LibraryFinder:

    """Finds modules of the library in its folder or in the folder of a package there.
    What is not in the binary is looked for in the file system."""

    def __init__(self, folder, package, files):
        self.path = folder
        self._package = package
        self._files = files
        self._start = folder.rstrip(path_separators) + path_sep
        # What stands before and behind a module's name in the path of its compiled file.
        cached = _get_cached(self._start + '*.py') or ''
        self._cached_start, self._cached, self._cached_end = cached.rpartition('*')

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition('.')[2]
        name = self._package + tail
        is_package = _imp.is_library_package(name)
        if is_package is None:
            # `stat` sees the folder, on the disk or not (`_imp.is_real_path`).
            if not _imp.is_real_path(self.path):
                return None
            return self._files.find_spec(fullname, target)
        folder = self._start + tail
        path = folder + (f'{path_sep}__init__.py' if is_package else '.py')
        loader = LibraryLoader(fullname, path, name)
        spec = _bootstrap.ModuleSpec(fullname, loader, origin=path)
        spec._set_fileattr = True
        if is_package:
            spec.submodule_search_locations = [folder]
        elif self._cached:
            spec._cached = self._cached_start + tail + self._cached_end
        return spec

    def invalidate_caches(self):
        self._files.invalidate_caches()

    def iter_modules(self, prefix=''):
        """The modules of the folder, for `pkgutil`."""
        start = len(self._package)
        for name in _imp.library_names():
            if name.startswith(self._package) and '.' not in name[start:]:
                yield prefix + name[start:], _imp.is_library_package(name)

    def __repr__(self):
        return f'LibraryFinder({self.path!r})'


def _library_hook(library, *loader_details):
    """The path hook for the library's folder."""
    inside = library + path_sep
    beside = _path_split(library)[0] + path_sep

    def path_hook_for_library(path):
        if path == library:
            package = ''
        elif path.startswith(inside):
            package = path[len(inside):].replace(path_sep, '.')
            if not _imp.is_library_package(package):
                if not _imp.is_real_path(path):
                    # Kept from the other hooks: that for archives would ask for the
                    # library's folder.
                    return FileFinder(path, *loader_details)
                raise ImportError('not a package of the library', path=path)
            package += '.'
        elif path.startswith(beside) and not _imp.is_real_path(path):
            # Nothing, but without asking the other hooks, for the same reason.
            return None
        else:
            raise ImportError('not the library', path=path)
        return LibraryFinder(path, package, FileFinder(path, *loader_details))

    return path_hook_for_library


class BundledFinder:

    """Finds pip in the wheel that the binary holds, where no other is installed."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname != 'pip' or path is not None:
            return None
        return PathFinder.find_spec(fullname, [_imp.bundled_folder('pip')])

    @staticmethod
    def invalidate_caches():
        pass


def _install_library(library):
    loaders = _get_supported_file_loaders()
    sys.path_hooks.insert(0, _library_hook(library, *loaders))
    sys.meta_path.append(BundledFinder)
