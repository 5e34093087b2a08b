//! `types.TracebackType`, and the entry a frame adds when an exception passes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use krait_abi::{PyObject, PyTracebackObject, visitproc};
use krait_object::exceptions::BaseException;
use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::typeobject::{StaticType, Type};
use krait_object::value::Value;

use super::Frame;
use super::object::{FrameObject, of_frame};

/// A `traceback` object.
#[repr(transparent)]
pub struct Traceback(std::cell::UnsafeCell<PyTracebackObject>);

#[unsafe(export_name = "PyTraceBack_Type")]
pub static TRACEBACK: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Traceback {}
// SAFETY: traceback cannot be subclassed.
unsafe impl Builtin for Traceback {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &TRACEBACK
    }
}

impl Traceback {
    fn raw(&self) -> *mut PyTracebackObject {
        self.0.get()
    }

    pub fn new(
        next: Option<Owned<Traceback>>,
        frame: Owned<FrameObject>,
        lasti: i32,
        line: i32,
    ) -> Owned<Traceback> {
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size_of::<PyTracebackObject>(), true)
                .cast::<PyTracebackObject>();
            if ptr.is_null() {
                krait_object::errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(TRACEBACK.as_type_ptr());
            (*ptr).tb_next = next.map_or(std::ptr::null_mut(), |n| n.into_raw().cast());
            (*ptr).tb_frame = frame.into_raw().cast();
            (*ptr).tb_lasti = lasti;
            (*ptr).tb_lineno = line;
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr.cast())
        }
    }

    pub fn next(&self) -> Option<Owned<Traceback>> {
        // SAFETY: null or an owned traceback.
        unsafe {
            let next = (*self.raw()).tb_next;
            (!next.is_null()).then(|| {
                Object::from_ptr(next.cast())
                    .cast_unchecked::<Traceback>()
                    .to_owned()
            })
        }
    }

    fn replace_next(&self, new: Option<Owned<Traceback>>) {
        // SAFETY: null or an owned traceback.
        unsafe {
            let new = new.map_or(std::ptr::null_mut(), |n| n.into_raw().cast());
            let old = std::mem::replace(&mut (*self.raw()).tb_next, new);
            if !old.is_null() {
                Object::decref(old.cast());
            }
        }
    }

    pub fn frame(&self) -> &FrameObject {
        // SAFETY: a traceback owns its frame object.
        unsafe { Object::from_ptr((*self.raw()).tb_frame.cast()).cast_unchecked() }
    }

    pub fn lasti(&self) -> i32 {
        // SAFETY: a plain field.
        unsafe { (*self.raw()).tb_lasti }
    }

    /// The line; 0 where there is none.
    pub fn line(&self) -> u32 {
        // SAFETY: a plain field.
        match unsafe { (*self.raw()).tb_lineno } {
            -1 => self.frame().code().line_at((self.lasti() / 2) as u32),
            line => line as u32,
        }
    }
}

/// Adds the frame's entry to the traceback of the exception that is set.
///
/// # Safety
/// The frame is alive and saved, and an exception is set.
pub unsafe fn add_entry(py: Py, frame: *mut Frame) {
    let Some(exception) = py.thread().exception() else {
        return;
    };
    let Some(body) = BaseException::from_object(&exception) else {
        return;
    };
    // SAFETY: the contract.
    unsafe {
        let next = body
            .traceback()
            .and_then(|t| t.downcast_owned::<Traceback>().ok());
        let lasti = Frame::index(frame) as i32 * 2;
        // Where memory is exhausted the entry is left out.
        let made = || Traceback::new(next, of_frame(py, frame), lasti, -1);
        if let Ok(entry) = catch_unwind(AssertUnwindSafe(made)) {
            body.set_traceback(Some(entry.upcast()));
        }
    }
}

/// Adds an entry for a frame object to the traceback of the exception that is set
/// (`PyTraceBack_Here`).
pub fn add_here(py: Py, frame: &FrameObject) {
    let Some(exception) = py.thread().exception() else {
        return;
    };
    let Some(body) = BaseException::from_object(&exception) else {
        return;
    };
    let next = body
        .traceback()
        .and_then(|t| t.downcast_owned::<Traceback>().ok());
    let lasti = frame.index() as i32 * 2;
    let entry = Traceback::new(next, frame.to_owned(), lasti, frame.line() as i32);
    body.set_traceback(Some(entry.upcast()));
}

/// Takes runs of importlib's own entries out of a traceback. Without `always`, a run goes
/// only if it ends with `_call_with_frames_removed`.
pub fn remove_importlib(exception: &Object, always: bool) {
    let Some(body) = BaseException::from_object(exception) else {
        return;
    };
    let mut entries = Vec::new();
    let mut at = body
        .traceback()
        .and_then(|t| t.downcast_owned::<Traceback>().ok());
    while let Some(entry) = at {
        at = entry.next();
        entries.push(entry);
    }
    let internal = |entry: &Traceback| {
        let name = entry.frame().code().filename();
        name.eq_str("<frozen importlib._bootstrap>")
            || name.eq_str("<frozen importlib._bootstrap_external>")
    };
    let (mut kept, mut run) = (Vec::new(), Vec::new());
    for entry in entries {
        if internal(&entry) {
            let ends = entry
                .frame()
                .code()
                .name()
                .eq_str("_call_with_frames_removed");
            run.push(entry);
            if ends || always {
                run.clear();
            }
        } else {
            kept.append(&mut run);
            kept.push(entry);
        }
    }
    kept.append(&mut run);
    let mut next: Option<Owned<Traceback>> = None;
    for entry in kept.into_iter().rev() {
        entry.replace_next(next);
        next = Some(entry);
    }
    body.set_traceback(next.map(Owned::upcast));
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying traceback, which owns both objects.
    unsafe {
        krait_heap::untrack(object.cast());
        let traceback = object.cast::<PyTracebackObject>();
        if !(*traceback).tb_next.is_null() {
            Object::decref((*traceback).tb_next.cast());
        }
        if !(*traceback).tb_frame.is_null() {
            Object::decref((*traceback).tb_frame.cast());
        }
        TRACEBACK.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: called with a living traceback.
    unsafe {
        visitor.visit_ptr((*object.cast::<PyTracebackObject>()).tb_next.cast());
        visitor.visit_ptr((*object.cast::<PyTracebackObject>()).tb_frame.cast());
    }
    visitor.result()
}

unsafe extern "C-unwind" fn clear(object: *mut PyObject) -> i32 {
    // SAFETY: called with a living traceback; the frame stays, since others rely on it.
    unsafe {
        let next = std::mem::replace(
            &mut (*object.cast::<PyTracebackObject>()).tb_next,
            std::ptr::null_mut(),
        );
        if !next.is_null() {
            Object::decref(next.cast());
        }
    }
    0
}

fn set_next(py: Py, this: &Traceback, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return raise!(py, TypeError, "can't delete tb_next attribute");
    };
    let new = match value.downcast_exact::<Traceback>() {
        Some(next) => Some(next.to_owned()),
        None if value.is_none() => None,
        None => {
            return raise!(
                py,
                TypeError,
                "expected traceback object or None, got '{}'",
                value.ty().name()
            );
        }
    };
    let mut cursor = new.clone();
    while let Some(at) = cursor {
        if std::ptr::eq(&*at, this) {
            return raise!(py, ValueError, "traceback loop detected");
        }
        cursor = at.next();
    }
    this.replace_next(new);
    Ok(())
}

fn new(
    py: Py,
    _class: &Type,
    next: &Value,
    frame: &Value,
    lasti: i32,
    line: i32,
) -> PyResult<Owned<Traceback>> {
    let next = match next.downcast_exact::<Traceback>() {
        Some(next) => Some(next.to_owned()),
        None if next.is_none() => None,
        None => {
            let got = next.ty().name();
            return raise!(
                py,
                TypeError,
                "expected traceback object or None, got '{got}'"
            );
        }
    };
    let Some(frame) = frame.downcast_exact::<FrameObject>() else {
        let got = frame.ty().name();
        return raise!(
            py,
            TypeError,
            "TracebackType() argument 'tb_frame' must be frame, not {got}"
        );
    };
    Ok(Traceback::new(next, frame.to_owned(), lasti, line))
}

pub(crate) fn define(py: Py) {
    let mut b =
        TypeBuilder::<Traceback>::new(&TRACEBACK, "traceback", size_of::<PyTracebackObject>());
    b.doc("Create a new traceback object.")
        .new_with("traceback(tb_next, tb_frame, tb_lasti, tb_lineno)", new)
        .getset("tb_next", |_py, t: &Traceback| t.next(), set_next)
        .getter("tb_frame", |_py, t: &Traceback| t.frame().to_owned())
        .getter("tb_lasti", |_py, t: &Traceback| t.lasti())
        .getter("tb_lineno", |_py, t: &Traceback| match t.line() {
            0 => None,
            line => Some(line),
        })
        .method("__dir__($self, /)", |_py, _t: &Traceback| {
            let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
            krait_object::types::list::List::from_values(
                names
                    .iter()
                    .map(|n| Value::from(krait_object::types::str::Str::intern(n))),
            )
        })
        .dealloc_raw(dealloc)
        .gc_raw(traverse, clear);
    b.finish();
    krait_object::exceptions::register_traceback_type(py, &TRACEBACK);
}
