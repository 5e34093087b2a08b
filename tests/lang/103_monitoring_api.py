"""Events that an extension tells of, and programs that are compiled already."""
import os
import py_compile
import subprocess
import sys
import tempfile

import _testcapi

mon = sys.monitoring
events = mon.events
TOOL = 3
mon.use_tool_id(TOOL, "test")
heard = []


def callback(name, answer=None):
    def hear(code, *rest):
        heard.append((name, type(code).__name__, *rest))
        return answer

    return hear


for name in "PY_START", "PY_RETURN", "CALL", "JUMP", "RAISE", "STOP_ITERATION", "LINE":
    mon.register_callback(TOOL, getattr(events, name), callback(name))
code = _testcapi.CodeLike(1)


def tell(event, function, *args):
    mon.set_events(TOOL, event)
    _testcapi.monitoring_enter_scope(code, event.bit_length() - 1)
    mon_heard = len(heard)
    try:
        function(code, 0, *args)
    except Exception as error:
        print(type(error).__name__, error)
    found = [[repr(part) for part in told] for told in heard[mon_heard:] if told[1] == "CodeLike"]
    _testcapi.monitoring_exit_scope()
    mon.set_events(TOOL, 0)
    print(found)


tell(events.PY_START, _testcapi.fire_event_py_start)
tell(events.PY_RETURN, _testcapi.fire_event_py_return, "result")
tell(events.CALL, _testcapi.fire_event_call, len, 4)
tell(events.JUMP, _testcapi.fire_event_jump, 8)
tell(events.LINE, _testcapi.fire_event_line, 12)
tell(events.RAISE, _testcapi.fire_event_raise, ValueError(1))
tell(events.RAISE, _testcapi.fire_event_raise, None)
tell(events.STOP_ITERATION, _testcapi.fire_event_stop_iteration, 7)
tell(events.PY_RETURN, _testcapi.fire_event_py_start)
mon.register_callback(TOOL, events.RAISE, callback("RAISE", mon.DISABLE))
tell(events.RAISE, _testcapi.fire_event_raise, ValueError(1))
mon.register_callback(TOOL, events.PY_START, callback("PY_START", mon.DISABLE))
mon.set_events(TOOL, events.PY_START)
_testcapi.monitoring_enter_scope(code, 0)
before = len(heard)
_testcapi.fire_event_py_start(code, 0)
_testcapi.fire_event_py_start(code, 0)
print(len([told for told in heard[before:] if told[1] == "CodeLike"]))
mon.restart_events()
_testcapi.monitoring_enter_scope(code, 0)
_testcapi.fire_event_py_start(code, 0)
print(len([told for told in heard[before:] if told[1] == "CodeLike"]))
mon.set_events(TOOL, 0)
mon.free_tool_id(TOOL)

with tempfile.TemporaryDirectory() as folder:
    source, compiled = os.path.join(folder, "program.py"), os.path.join(folder, "program.pyc")
    with open(source, "w") as file:
        file.write("print(__name__, __cached__, type(__loader__).__name__)\n")
    py_compile.compile(source, compiled)
    bad = os.path.join(folder, "bad.pyc")
    with open(bad, "wb") as file:
        file.write(b"\x00" * 32)
    os.rename(compiled, other := os.path.join(folder, "other"))
    py_compile.compile(source, compiled)
    for path in source, compiled, other, bad:
        done = subprocess.run([sys.executable, path], capture_output=True, text=True)
        print(os.path.basename(path), done.stdout, done.stderr, done.returncode)


class Plain: ...


print(Plain.__dict__["__dict__"].__doc__, "|", Plain.__dict__["__weakref__"].__doc__)

import _sysconfig

print(sorted(_sysconfig.config_vars().items()))
