//! `_remote_debugging`: how `asyncio.tools` describes threads, tasks and frames.
//!
//! Krait does not look into other processes: `RemoteUnwinder` says so, and
//! `PROCESS_VM_READV_SUPPORTED` is 0.

use std::cell::OnceCell;

use krait_object::native::module::NativeModule;
use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::types::structseq::{self, Description};
use krait_object::{
    Args, GilCell, KwArgs, ModuleBuilder, Owned, Py, PyResult, Type, class_cell, raise,
};

pub const MODULE: NativeModule = NativeModule {
    name: "_remote_debugging",
    init,
};

/// The struct sequences: name, documentation, fields.
const STRUCTS: [(&str, &str, &[(&str, &str)]); 5] = [
    (
        "_remote_debugging.TaskInfo",
        "Information about an asyncio task",
        &[
            ("task_id", "Task ID (memory address)"),
            ("task_name", "Task name"),
            ("coroutine_stack", "Coroutine call stack"),
            ("awaited_by", "Tasks awaiting this task"),
        ],
    ),
    (
        "_remote_debugging.FrameInfo",
        "Information about a frame",
        &[
            ("filename", "Source code filename"),
            ("lineno", "Line number"),
            ("funcname", "Function name"),
        ],
    ),
    (
        "_remote_debugging.CoroInfo",
        "Information about a coroutine",
        &[
            ("call_stack", "Coroutine call stack"),
            ("task_name", "Task name"),
        ],
    ),
    (
        "_remote_debugging.ThreadInfo",
        "Information about a thread",
        &[
            ("thread_id", "Thread ID"),
            ("frame_info", "Frame information"),
        ],
    ),
    (
        "_remote_debugging.AwaitedInfo",
        "Information about what a thread is awaiting",
        &[
            ("thread_id", "Thread ID"),
            ("awaited_by", "List of tasks awaited by this thread"),
        ],
    ),
];

static TYPES: GilCell<OnceCell<[&'static Type; 5]>> = GilCell::new(OnceCell::new());

/// `RemoteUnwinder`: there is none.
struct RemoteUnwinder;

fn new_unwinder(
    py: Py,
    _class: &Type,
    _args: Args<'_>,
    _kwargs: KwArgs,
) -> PyResult<Owned<Instance<RemoteUnwinder>>> {
    raise!(
        py,
        NotImplementedError,
        "Krait does not look into other processes"
    )
}

impl Class for RemoteUnwinder {
    const NAME: &'static str = "_remote_debugging.RemoteUnwinder";
    class_cell!();

    fn define(b: &mut TypeBuilder<Instance<Self>>) {
        b.doc("RemoteUnwinder(pid): Inspect stack of a remote Python process.")
            .new_with("RemoteUnwinder(*args, **kwargs)", new_unwinder);
    }
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    let types = TYPES.get(m.py).get_or_init(|| {
        STRUCTS.map(|(name, doc, fields)| {
            structseq::make_type(Description {
                name,
                doc,
                fields,
                visible: fields.len(),
                constructible: true,
            })
        })
    });
    for ty in types {
        m.type_object(ty)?;
    }
    m.class::<RemoteUnwinder>()?
        .int("PROCESS_VM_READV_SUPPORTED", 0)?;
    Ok(())
}
