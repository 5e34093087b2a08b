//! `gc`.

use krait_object::gc::{collector, inspect};
use krait_object::native::Args;
use krait_object::native::module::NativeModule;
use krait_object::{Dict, List, ModuleBuilder, Owned, Py, PyResult, Str, Value, protocol, raise};

pub const MODULE: NativeModule = NativeModule { name: "gc", init };

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    m.function_doc(
        "enable($module, /)",
        "Enable automatic garbage collection.",
        collector::enable,
    )?;
    m.function_doc(
        "disable($module, /)",
        "Disable automatic garbage collection.",
        collector::disable,
    )?;
    m.function_doc(
        "isenabled($module, /)",
        "Returns true if automatic garbage collection is enabled.",
        collector::is_enabled,
    )?;
    m.function_doc("collect($module, /, generation=2)", COLLECT_DOC, collect)?;
    m.function_doc(
        "get_count($module, /)",
        "Return a three-tuple of the current collection counts.",
        |py: Py| {
            let [a, b, c] = collector::counts(py);
            (a, b, c)
        },
    )?;
    m.function_doc(
        "get_threshold($module, /)",
        "Return the current collection thresholds.",
        |py: Py| {
            let [a, b, c] = collector::thresholds(py);
            (a, b, c)
        },
    )?;
    m.function_doc(
        "set_threshold($module, *thresholds)",
        THRESHOLD_DOC,
        set_threshold,
    )?;
    m.function_doc(
        "get_debug($module, /)",
        "Get the garbage collection debugging flags.",
        collector::debug,
    )?;
    m.function_doc(
        "set_debug($module, flags, /)",
        "Set the garbage collection debugging flags.",
        |py: Py, flags: i32| collector::set_debug(py, flags as u32),
    )?;
    m.function_doc(
        "get_stats($module, /)",
        "Return a list of dictionaries containing per-generation statistics.",
        stats,
    )?;
    looks(m)?;
    m.function_doc(
        "freeze($module, /)",
        "Freeze all current tracked objects and ignore them for future collections.",
        collector::freeze,
    )?;
    m.function_doc(
        "unfreeze($module, /)",
        "Unfreeze all objects in the permanent generation.",
        collector::unfreeze,
    )?;
    m.function_doc(
        "get_freeze_count($module, /)",
        "Return the number of objects in the permanent generation.",
        collector::frozen_count,
    )?;
    m.value("garbage", Value::from(collector::garbage(m.py)))?;
    m.value("callbacks", Value::from(collector::callbacks(m.py)))?;
    m.int("DEBUG_STATS", i64::from(collector::DEBUG_STATS))?;
    m.int("DEBUG_COLLECTABLE", i64::from(collector::DEBUG_COLLECTABLE))?;
    m.int(
        "DEBUG_UNCOLLECTABLE",
        i64::from(collector::DEBUG_UNCOLLECTABLE),
    )?;
    m.int("DEBUG_SAVEALL", i64::from(collector::DEBUG_SAVEALL))?;
    m.int("DEBUG_LEAK", 38)?;
    Ok(())
}

/// Tells audit hooks of an event whose one argument is a tuple.
fn audit(py: Py, event: &str, objects: &[Value]) -> PyResult<()> {
    let objects = Value::from(krait_object::Tuple::from_values(objects.iter().cloned()));
    (krait_object::hooks::get(py).audit)(py, event, &[objects])
}

/// Looking at objects.
fn looks(m: &ModuleBuilder) -> PyResult<()> {
    m.function_doc(
        "get_objects($module, /, generation=None)",
        OBJECTS_DOC,
        objects,
    )?;
    m.function_doc(
        "get_referrers($module, /, *objs)",
        "Return the list of objects that directly refer to any of 'objs'.",
        |py: Py, objs: Args<'_>| {
            audit(py, "gc.get_referrers", objs.0)?;
            PyResult::Ok(inspect::referrers(py, objs.0))
        },
    )?;
    m.function_doc(
        "get_referents($module, /, *objs)",
        "Return the list of objects that are directly referred to by 'objs'.",
        |py: Py, objs: Args<'_>| {
            audit(py, "gc.get_referents", objs.0)?;
            PyResult::Ok(inspect::referents(py, objs.0))
        },
    )?;
    m.function_doc(
        "is_tracked($module, obj, /)",
        "Returns true if the object is tracked by the garbage collector.",
        |py: Py, obj: &Value| {
            obj.as_object()
                .is_some_and(|o| collector::is_tracked(py, o))
        },
    )?;
    m.function_doc(
        "is_finalized($module, obj, /)",
        "Returns true if the object has been already finalized by the GC.",
        |py: Py, obj: &Value| {
            obj.as_object()
                .is_some_and(|o| collector::is_finalized(py, o))
        },
    )?;
    Ok(())
}

fn collect(py: Py, generation: Option<i32>) -> PyResult<usize> {
    match generation.unwrap_or(2) {
        generation @ 0..=2 => Ok(collector::collect(py, generation as usize)),
        _ => raise!(py, ValueError, "invalid generation"),
    }
}

fn set_threshold(py: Py, given: Args<'_>) -> PyResult<()> {
    if given.0.is_empty() || given.0.len() > 3 {
        return raise!(py, TypeError, "gc.set_threshold requires 1 to 3 arguments");
    }
    let mut thresholds = collector::thresholds(py);
    for (threshold, value) in thresholds.iter_mut().zip(given.0) {
        let wide = protocol::number::index_to_i128(py, value)?;
        *threshold = match wide.and_then(|w| i32::try_from(w).ok()) {
            Some(value) => value,
            None => return protocol::number::integer_overflow(py, wide, "C int", false),
        };
    }
    collector::set_thresholds(py, thresholds);
    Ok(())
}

fn stats(py: Py) -> PyResult<Owned<List>> {
    let list = List::new();
    for generation in collector::stats(py) {
        let dict = Dict::new();
        let entries = [
            ("collections", generation.collections),
            ("collected", generation.collected),
            ("uncollectable", generation.uncollectable),
        ];
        for (name, value) in entries {
            dict.set_str(py, &Str::intern(name), Value::int(value as i64))?;
        }
        list.push_value(Value::from(dict));
    }
    Ok(list)
}

fn objects(py: Py, generation: Option<&Value>) -> PyResult<Owned<List>> {
    let asked = generation.cloned().unwrap_or_else(|| Value::int(-1));
    (krait_object::hooks::get(py).audit)(py, "gc.get_objects", &[asked])?;
    let Some(generation) = generation else {
        return Ok(inspect::objects(py, None));
    };
    if !protocol::number::is_index(generation) {
        let name = generation.ty().name();
        return raise!(
            py,
            TypeError,
            "argument should be integer or None, not '{name}'"
        );
    }
    match protocol::number::to_clipped_index(py, generation)? {
        -1 => Ok(inspect::objects(py, None)),
        generation @ 0..=2 => Ok(inspect::objects(py, Some(generation as usize))),
        negative if negative < 0 => {
            raise!(py, ValueError, "generation parameter cannot be negative")
        }
        _ => raise!(
            py,
            ValueError,
            "generation parameter must be less than the number of available generations (3)"
        ),
    }
}

const DOC: &str = "This module provides access to the garbage collector for reference cycles.\n";
const COLLECT_DOC: &str = "Run the garbage collector.\n\n\
With no arguments, run a full collection.  The optional argument\n\
may be an integer specifying which generation to collect.  A ValueError\n\
is raised if the generation number is invalid.\n\n\
The number of unreachable objects is returned.";
const THRESHOLD_DOC: &str = "set_threshold(threshold0, [threshold1, [threshold2]])\n\
Set the collection thresholds (the collection frequency).\n\n\
Setting 'threshold0' to zero disables collection.";
const OBJECTS_DOC: &str = "Return a list of objects tracked by the collector (excluding the list returned).\n\n  \
generation\n    Generation to extract the objects from.\n\n\
If generation is not None, return only the objects tracked by the collector\n\
that are in that generation.";
