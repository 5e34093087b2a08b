"""Line editing for input(): history, completion and hooks, with the keys of GNU readline.

The editor is that of the interactive prompt, and so is the history.
"""

import builtins
import os
import sys

_plain_input = builtins.input
_without_terminal = []
_auto_history = True
_startup_hook = None
_pre_input_hook = None
_completer = None
_delims = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"

# What programs ask to know the language of parse_and_bind() and of initialization files.
backend = "readline"


def _editor():
    """The prompt's editor, whose module is not imported before it is needed.

    It imports rlcompleter, which makes itself the completer where a program imports it.
    """
    global _completer
    if "_pyrepl.readline" not in sys.modules:
        completer, known = _completer, "rlcompleter" in sys.modules
        import _pyrepl.readline

        _completer = completer
        if not known:
            sys.modules.pop("rlcompleter", None)
    return sys.modules["_pyrepl.readline"]._wrapper


def _reader(make=True):
    """The editor at work; None where there is no terminal that it can work on."""
    try:
        editor = _editor()
        return editor.get_reader() if make else editor.reader
    except Exception:
        return None


def _history():
    reader = _reader()
    return _without_terminal if reader is None else reader.history


# The line that is edited.


def get_line_buffer():
    reader = _reader(make=False)
    return "" if reader is None else reader.get_unicode()


def insert_text(string, /):
    reader = _reader(make=False)
    if reader is not None:
        reader.insert(string)


def redisplay():
    reader = _reader(make=False)
    if reader is not None:
        reader.refresh()


def get_begidx():
    return 0 if _reader(make=False) is None else _editor().get_begidx()


def get_endidx():
    return 0 if _reader(make=False) is None else _editor().get_endidx()


# Completion.


def set_completer(function=None, /):
    global _completer
    _completer = function


def get_completer():
    return _completer


def set_completer_delims(string, /):
    global _delims
    _delims = string


def get_completer_delims():
    return _delims


# Settings. Tab completes, whatever is bound; there are no other variables.


def parse_and_bind(string, /):
    if not isinstance(string, str):
        raise TypeError(
            f"parse_and_bind() argument must be str, not {type(string).__name__}"
        )


def read_init_file(filename=None, /):
    if filename is None:
        filename = os.environ.get("INPUTRC") or os.path.expanduser("~/.inputrc")
    with open(filename, errors="surrogateescape") as file:
        for line in file:
            parse_and_bind(line.rstrip("\n"))


def set_startup_hook(function=None, /):
    global _startup_hook
    _startup_hook = function


def set_pre_input_hook(function=None, /):
    global _pre_input_hook
    _pre_input_hook = function


# History.


def set_auto_history(enabled, /):
    global _auto_history
    _auto_history = bool(enabled)


def add_history(string, /):
    if not isinstance(string, str):
        raise TypeError(f"add_history() argument must be str, not {type(string).__name__}")
    _history().append(string)


def clear_history():
    _history().clear()


def get_current_history_length():
    return len(_history())


def get_history_item(index, /):
    history = _history()
    return history[index - 1] if 0 < index <= len(history) else None


def _position(pos):
    if pos < 0:
        raise ValueError("History index cannot be negative")
    if pos >= len(_history()):
        raise ValueError(f"No history item at position {pos}")
    return pos


def remove_history_item(pos, /):
    del _history()[_position(pos)]


def replace_history_item(pos, line, /):
    _history()[_position(pos)] = line


_length = -1


def get_history_length():
    return _length


def set_history_length(length, /):
    global _length
    _length = length


def _history_file(filename):
    return os.path.expanduser("~/.history") if filename is None else filename


def read_history_file(filename=None, /):
    with open(_history_file(filename), encoding="utf-8", errors="surrogateescape") as file:
        _history().extend(line.rstrip("\r\n") for line in file if line.strip())


def _write(filename, lines, mode):
    filename = _history_file(filename)
    with open(filename, mode, encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(line.replace("\n", "\r\n") + "\n" for line in lines)
    if _length >= 0:
        with open(filename, encoding="utf-8", errors="surrogateescape") as file:
            kept = file.readlines()[-_length:] if _length else []
        with open(filename, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(kept)


def write_history_file(filename=None, /):
    _write(filename, _history(), "w")


def append_history_file(nelements, filename=None, /):
    if nelements < 0:
        raise ValueError("nelements must be positive")
    # Only what is there is added to.
    with open(_history_file(filename)):
        pass
    _write(filename, _history()[len(_history()) - nelements :] if nelements else [], "a")


def _is_terminal():
    try:
        return (
            sys.stdin.fileno() == 0
            and sys.stdout.fileno() == 1
            and os.isatty(0)
            and os.isatty(1)
        )
    except (AttributeError, ValueError, OSError):
        return False


def _before_line():
    for hook in (_startup_hook, _pre_input_hook):
        if hook is not None:
            hook()


def _input(prompt="", /):
    """Reads a line with the editor where input and output are the terminal."""
    if not _is_terminal() or _reader() is None:
        return _plain_input(prompt)
    sys.stdout.flush()
    editor = _editor()
    config = editor.config
    if not hasattr(config, "module_completer"):
        from _pyrepl._module_completer import ModuleCompleter

        config.module_completer = ModuleCompleter({})
    kept = (config.readline_completer, config.completer_delims, editor.startup_hook)
    history = _history()
    before = list(history)
    try:
        config.readline_completer = _completer
        config.completer_delims = frozenset(_delims)
        editor.startup_hook = _before_line
        line = editor.input(prompt)
    finally:
        config.readline_completer, config.completer_delims, editor.startup_hook = kept
        # Whether a line becomes history is decided below.
        history[:] = before
    if _auto_history and line and line != (history[-1] if history else None):
        history.append(line)
    return line


_input.__name__ = _input.__qualname__ = "input"
_input.__doc__ = _plain_input.__doc__
builtins.input = _input
