//! `_tracemalloc`: where the program's memory was asked for.

use krait_object::native::module::NativeModule;
use krait_object::{List, ModuleBuilder, Object, Owned, Py, PyResult, Str, Tuple, Value, raise};
use krait_vm::tracemalloc::{self, Lines};

pub const MODULE: NativeModule = NativeModule {
    name: "_tracemalloc",
    init,
};

/// The most lines that can be asked for.
const MOST_LINES: i64 = 65535;

fn start(py: Py, nframe: Option<i64>) -> PyResult<()> {
    let nframe = nframe.unwrap_or(1);
    if !(1..=MOST_LINES).contains(&nframe) {
        return raise!(
            py,
            ValueError,
            "the number of frames must be in range [1; {MOST_LINES}]"
        );
    }
    tracemalloc::start(py, nframe as usize);
    Ok(())
}

fn lines_tuple(lines: &Lines) -> Value {
    // What was not called by a line of Python has one that says so.
    if lines.lines.is_empty() {
        let unknown = [Value::from(Str::new("<unknown>")), Value::int(0)];
        let line = Value::from(Tuple::from_values(unknown));
        return Value::from(Tuple::from_values([line]));
    }
    let pair = |(name, line): &(Owned<Str>, u32)| {
        let line = Value::int(i64::from(*line));
        Value::from(Tuple::from_values([Value::from(name.clone()), line]))
    };
    Value::from(Tuple::from_values(
        lines.lines.iter().map(pair).collect::<Vec<_>>(),
    ))
}

fn get_traces(py: Py) -> Owned<List> {
    let made = |block: tracemalloc::Block| {
        Value::from(Tuple::from_values([
            Value::int(i64::from(block.domain)),
            Value::int(block.size as i64),
            lines_tuple(&block.lines),
            Value::int(block.lines.total.max(1) as i64),
        ]))
    };
    List::from_values(tracemalloc::blocks(py).into_iter().map(made))
}

/// The lines that led to a block, as pairs of file and number.
pub fn traceback_of(py: Py, domain: u32, address: usize) -> Option<Value> {
    tracemalloc::lines_of(py, domain, address).map(|lines| lines_tuple(&lines))
}

fn get_object_traceback(py: Py, obj: Owned<Object>) -> Option<Value> {
    traceback_of(py, 0, obj.as_ptr() as usize)
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value(
        "__doc__",
        Value::from(Str::new(
            "Debug module to trace memory blocks allocated by Python.",
        )),
    )?
    .function_doc(
        "is_tracing($module, /)",
        "Return True if the tracemalloc module is tracing Python memory allocations.",
        |_py: Py| tracemalloc::is_tracing(),
    )?
    .function_doc(
        "clear_traces($module, /)",
        "Clear traces of memory blocks allocated by Python.",
        |py: Py| tracemalloc::clear(py),
    )?
    .function_doc(
        "_get_traces($module, /)",
        "Get traces of all memory blocks allocated by Python.\n\n\
         Return a list of (size: int, traceback: tuple) tuples.\n\
         traceback is a tuple of (filename: str, lineno: int) tuples.\n\n\
         Return an empty list if the tracemalloc module is disabled.",
        get_traces,
    )?
    .function_doc(
        "_get_object_traceback($module, obj, /)",
        "Get the traceback where the Python object obj was allocated.\n\n\
         Return a tuple of (filename: str, lineno: int) tuples.\n\
         Return None if the tracemalloc module is disabled or did not\n\
         trace the allocation of the object.",
        get_object_traceback,
    )?
    .function_doc(
        "start($module, nframe=1, /)",
        "Start tracing Python memory allocations.\n\n\
         Also set the maximum number of frames stored in the traceback of a\ntrace to nframe.",
        start,
    )?
    .function_doc(
        "stop($module, /)",
        "Stop tracing Python memory allocations.\n\n\
         Also clear traces of memory blocks allocated by Python.",
        |py: Py| tracemalloc::stop(py),
    )?
    .function_doc(
        "get_traceback_limit($module, /)",
        "Get the maximum number of frames stored in the traceback of a trace.\n\n\
         By default, a trace of an allocated memory block only stores\n\
         the most recent frame: the limit is 1.",
        |py: Py| tracemalloc::limit(py),
    )?
    .function_doc(
        "get_tracemalloc_memory($module, /)",
        "Get the memory usage in bytes of the tracemalloc module.\n\n\
         This memory is used internally to trace memory allocations.",
        |py: Py| tracemalloc::own_memory(py),
    )?
    .function_doc(
        "get_traced_memory($module, /)",
        "Get the current size and peak size of memory blocks traced by tracemalloc.\n\n\
         Returns a tuple: (current: int, peak: int).",
        |py: Py| tracemalloc::memory(py),
    )?
    .function_doc(
        "reset_peak($module, /)",
        "Set the peak size of memory blocks traced by tracemalloc to the current size.\n\n\
         Do nothing if the tracemalloc module is not tracing memory allocations.",
        |py: Py| tracemalloc::reset_peak(py),
    )?;
    Ok(())
}
