//! The end of the program: modules are given up, so that finalizers run while there is
//! still something to run them with. Corresponds to CPython's `finalize_modules`.

use krait_object::gc::{collector, silent};
use krait_object::types::weakref::{self, WeakRef};
use krait_object::{Dict, Module, Object, Owned, Py, Str, Value, intern, protocol};
use krait_vm::Function;

use crate::sys;

/// Names in `sys` that may hold what the program has made.
const SPECIAL: [&str; 11] = [
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
    "meta_path",
];

/// The streams that the interpreter begins with, and where it keeps them.
const STREAMS: [(&str, &str); 3] = [
    ("stdin", "__stdin__"),
    ("stdout", "__stdout__"),
    ("stderr", "__stderr__"),
];

/// Whether nothing would be noticed of giving up modules and objects: the process may end at
/// once. The streams have been flushed.
pub fn is_unnoticed(py: Py) -> bool {
    let mut streams: Vec<Value> = Vec::new();
    for (name, original) in STREAMS {
        let (Some(stream), Some(original)) = (sys::get(py, name), sys::get(py, original)) else {
            return false;
        };
        if !stream.is(&original) || stream.ty().is_heap_type() {
            return false;
        }
        // A text stream, its buffer, and the file.
        let mut next = Some(stream);
        for part in [intern!("buffer"), intern!("raw")] {
            let Some(stream) = next.take().filter(|stream| !stream.is_none()) else {
                break;
            };
            next = protocol::lookup_attr(py, &stream, part).unwrap_or_else(|_| {
                drop(py.thread().take_exception());
                None
            });
            streams.push(stream);
        }
        streams.extend(next);
    }
    let is_stream = |object: &Object| streams.iter().any(|stream| is_object(stream, object));
    silent::all(py, is_stream, only_tidies)
}

/// Callbacks of weak references in the library, by which its collections forget an entry.
const TIDYING: [&str; 4] = [
    "_removeHandlerRef",
    "WeakSet.__init__.<locals>._remove",
    "WeakKeyDictionary.__init__.<locals>.remove",
    "WeakValueDictionary.__init__.<locals>.remove",
];

fn only_tidies(callback: &Object) -> bool {
    let Some(function) = callback.downcast_exact::<Function>() else {
        return false;
    };
    let code = function.code();
    code.is_of_library() && TIDYING.iter().any(|name| code.qualname().eq_str(name))
}

fn is_object(value: &Value, object: &Object) -> bool {
    value.as_object().is_some_and(|known| known.is(object))
}

/// Gives up all modules but `sys` and `builtins`. Other threads do not run any more.
pub fn give_up_modules(py: Py) {
    if collector::is_enabled(py) {
        collector::collect_made(py);
    }
    let Some(modules) = sys::get(py, "modules") else {
        return;
    };
    let Some(modules) = modules.downcast::<Dict>() else {
        return;
    };
    let before = krait_object::hooks::get(py).unraisable;
    krait_object::hooks::install(py, |hooks| hooks.unraisable = report);
    release_special(py);
    let known = release_modules(py, modules);
    collector::collect_at_end(py);
    for module in known.iter().rev() {
        if let Some(module) = module.upgrade()
            && let Some(module) = module.downcast::<Module>()
            && !stays(py, module)
        {
            clear_namespace(py, &module.dict());
        }
    }
    if !krait_object::interpreter::in_main(py) {
        krait_object::hooks::install(py, |hooks| hooks.unraisable = before);
    }
}

/// Reports what finalizers raise, but for callbacks of weak references: those of the
/// library's own registries find their modules half-empty.
fn report(py: Py, doing: Option<&str>, object: Option<&Object>) {
    if doing.is_some_and(|doing| doing.contains("calling weakref callback")) {
        drop(py.thread().take_exception());
    } else {
        sys::report_unraisable(py, doing, object);
    }
}

fn release_special(py: Py) {
    // What cannot be set stays: there is nobody to tell any more.
    for name in SPECIAL {
        if sys::get(py, name).is_some() {
            let _ = sys::set(py, name, Value::none());
        }
    }
    for (name, original) in STREAMS {
        if let Some(stream) = sys::get(py, original) {
            let _ = sys::set(py, name, stream);
        }
    }
}

/// Empties `sys.modules`; what was in there, in order.
fn release_modules(py: Py, modules: &Dict) -> Vec<Owned<WeakRef>> {
    let mut known = Vec::new();
    for (name, module) in modules.to_vec() {
        if let Some(object) = module.as_object()
            && object.downcast::<Module>().is_some()
            && let Ok(weak) = weakref::new_ref(py, object, None)
        {
            known.push(weak);
        }
        if modules.set_value(py, &name, Value::none()).is_err() {
            drop(py.thread().take_exception());
        }
    }
    modules.clear();
    known
}

fn stays(py: Py, module: &Module) -> bool {
    module
        .name(py)
        .is_some_and(|name| name.eq_str("sys") || name.eq_str("builtins"))
}

/// Names with one underscore go first, then all others, so that those are still there for
/// finalizers of the first.
fn clear_namespace(py: Py, dict: &Dict) {
    for private in [true, false] {
        for (name, value) in dict.to_vec() {
            let Some(text) = name.downcast::<Str>() else {
                continue;
            };
            let text = text.to_rust();
            let is_private = text.starts_with('_') && !text.starts_with("__");
            if value.is_none() || private != is_private || text == "__builtins__" {
                continue;
            }
            drop(value);
            if dict.set_value(py, &name, Value::none()).is_err() {
                drop(py.thread().take_exception());
            }
        }
    }
}
