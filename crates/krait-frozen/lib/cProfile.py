"""Python interface for the 'lsprof' profiler.
Compatible with the 'profile' module.
"""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import io
import profile as _pyprofile


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Builds a profiler object using the specified timer function.
    The default timer is a fast built-in one based on real time.
    For custom timer functions returning integers, timeunit can
    be a float specifying a scale (i.e. how long each integer unit
    is, in seconds).
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        self.create_stats()
        with open(file, "wb") as output:
            marshal.dump(self.stats, output)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Sets `stats` to what `pstats` reads: for each function the calls (those that
        are no recursion, and all), its own and its whole time, and by caller the same, but
        all calls first."""
        entries = self.getstats()
        self.stats = {}
        callers = {}  # by the identity of what was called
        for entry in entries:
            own = callers.setdefault(id(entry.code), {})
            calls, outer, *times = _numbers(entry)
            self.stats[label(entry.code)] = (outer, calls, *times, own)
        for entry in entries:
            caller = label(entry.code)
            for call in entry.calls or ():
                by_caller = callers.get(id(call.code))
                if by_caller is None:
                    continue
                numbers = _numbers(call)
                if caller in by_caller:
                    numbers = tuple(map(sum, zip(numbers, by_caller[caller])))
                by_caller[caller] = numbers

    def run(self, cmd):
        import __main__
        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def _numbers(entry):
    return (entry.callcount, entry.callcount - entry.reccallcount, entry.inlinetime, entry.totaltime)


def label(code):
    if isinstance(code, str):
        return ("~", 0, code)  # a native function, which `pstats` shows without a file
    return (code.co_filename, code.co_firstlineno, code.co_name)


def main():
    import os
    import sys
    import runpy
    import pstats
    import types
    from optparse import OptionParser

    parser = OptionParser(usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option("-s", "--sort", dest="sort", default=2, choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option("-m", dest="module", action="store_true", default=False, help="Profile a library module")
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    if not args:
        parser.print_usage()
        return parser
    if options.outfile is not None:  # whatever folder the program changes to
        options.outfile = os.path.abspath(options.outfile)

    if options.module:
        code = "run_module(modname, run_name='__main__')"
        namespace = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        program = args[0]
        sys.path.insert(0, os.path.dirname(program))
        with io.open_code(program) as file:
            code = compile(file.read(), program, "exec")
        # The program's own `__main__`, from which what it pickles is found.
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        namespace = module.__dict__
        namespace.update(__file__=program, __cached__=None)
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as error:
        sys.stdout = None  # which could not be flushed at the end
        sys.exit(error.errno)
    return parser


if __name__ == "__main__":
    main()
