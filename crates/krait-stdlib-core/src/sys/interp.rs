//! Settings of the interpreter: encodings, switch interval, asynchronous generators'
//! hooks, tracing.

use std::cell::Cell;
use std::time::Duration;

use krait_object::types::structseq::{self, Description};
use krait_object::{GilCell, ModuleBuilder, Py, PyResult, Type, Value, gil, raise};
use krait_vm::trace::{self, Which};

const ASYNCGEN_HOOKS: Description = Description {
    name: "sys.asyncgen_hooks",
    doc: "sys.asyncgen_hooks\n\nPython-level hooks for asynchronous generators.",
    fields: &[("firstiter", ""), ("finalizer", "")],
    visible: 2,
    constructible: false,
};

static HOOKS_TYPE: GilCell<Cell<Option<&'static Type>>> = GilCell::new(Cell::new(None));

fn get_asyncgen_hooks(py: Py) -> PyResult {
    let ty = HOOKS_TYPE.get(py).get().unwrap_or_else(|| {
        let ty = structseq::make_type(ASYNCGEN_HOOKS);
        HOOKS_TYPE.get(py).set(Some(ty));
        ty
    });
    let (first, last) = py.thread().asyncgen_hooks();
    let or_none = |v: Option<krait_object::Owned>| v.map_or_else(Value::none, Value::from);
    structseq::make(py, ty, [or_none(first), or_none(last)]).map(Value::from)
}

fn set_asyncgen_hooks(
    py: Py,
    firstiter: Option<&Value>,
    finalizer: Option<&Value>,
) -> PyResult<()> {
    for (name, hook) in [("finalizer", finalizer), ("firstiter", firstiter)] {
        if let Some(hook) = hook
            && !hook.is_none()
            && !krait_object::protocol::call::is_callable(hook)
        {
            return raise!(
                py,
                TypeError,
                "callable {name} expected, got {}",
                hook.ty().name()
            );
        }
    }
    let given = |hook: Option<&Value>| hook.map(|h| (!h.is_none()).then(|| h.to_object()));
    py.thread()
        .set_asyncgen_hooks(given(firstiter), given(finalizer));
    Ok(())
}

fn setswitchinterval(py: Py, interval: f64) -> PyResult<()> {
    if interval <= 0.0 {
        return raise!(py, ValueError, "switch interval must be strictly positive");
    }
    gil::set_switch_interval(Duration::from_secs_f64(interval.min(1e9)));
    Ok(())
}

fn set_origin_depth(py: Py, depth: i32) -> PyResult<()> {
    if depth < 0 {
        return raise!(py, ValueError, "depth must be >= 0");
    }
    py.thread().set_origin_depth(depth as usize);
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("getdefaultencoding($module, /)", |_py| "utf-8")?
        .function("getfilesystemencoding($module, /)", |_py| "utf-8")?
        .function("getfilesystemencodeerrors($module, /)", |_py| "surrogateescape")?
        .function("getswitchinterval($module, /)", |_py| {
            gil::switch_interval().as_secs_f64()
        })?
        .function("setswitchinterval($module, interval, /)", setswitchinterval)?
        .function("get_asyncgen_hooks($module, /)", get_asyncgen_hooks)?
        .function(
            "set_asyncgen_hooks($module, /, firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
            set_asyncgen_hooks,
        )?
        .function("get_coroutine_origin_tracking_depth($module, /)", |py: Py| {
            py.thread().origin_depth()
        })?
        .function(
            "set_coroutine_origin_tracking_depth($module, /, depth)",
            set_origin_depth,
        )?
        .function("is_finalizing($module, /)", |_py| crate::run::is_finalizing())?
        .function("is_stack_trampoline_active($module, /)", |_py| false)?
        .function("_is_gil_enabled($module, /)", |_py| true)?
        .function("is_remote_debug_enabled($module, /)", |_py| false)?
        .function("_clear_type_cache($module, /)", |py| {
            krait_object::errors::warn(
                py,
                &krait_object::exceptions::DeprecationWarning,
                "sys._clear_type_cache() is deprecated and may be removed in a future version of Python. Use sys._clear_internal_caches() instead.",
                1,
            )
        })?
        .function("_clear_internal_caches($module, /)", |_py| ())?
        .function("getallocatedblocks($module, /)", |_py| {
            krait_object::memory::allocated_blocks()
        })?
        .function(
            "getunicodeinternedsize($module, /, *, _only_immortal=False)",
            |_py, _only: Option<bool>| krait_object::types::str::intern::count(),
        )?
        .function("_debugmallocstats($module, /)", |py| {
            super::hooks::write_stderr(py, &krait_object::memory::debug_stats());
        })?
        .function("_get_cpu_count_config($module, /)", |py| super::info::config(py).cpu_count)?
        .function("settrace($module, function, /)", |py, f: &Value| -> PyResult<()> {
            super::audit::audit(py, "sys.settrace", &[])?;
            trace::set_function(py, Which::Trace, f);
            Ok(())
        })?
        .function("gettrace($module, /)", |py| trace::get_function(py, Which::Trace))?
        .function("setprofile($module, function, /)", |py, f: &Value| -> PyResult<()> {
            super::audit::audit(py, "sys.setprofile", &[])?;
            trace::set_function(py, Which::Profile, f);
            Ok(())
        })?
        .function("getprofile($module, /)", |py| trace::get_function(py, Which::Profile))?
        .function("_settraceallthreads($module, function, /)", |py, f: &Value| {
            trace::set_function_everywhere(py, Which::Trace, f)
        })?
        .function("_setprofileallthreads($module, function, /)", |py, f: &Value| {
            trace::set_function_everywhere(py, Which::Profile, f)
        })?;
    let jit = ModuleBuilder::new(m.py, "sys._jit");
    jit.function("is_available($module, /)", |_py| false)?
        .function("is_enabled($module, /)", |_py| false)?
        .function("is_active($module, /)", |_py| false)?;
    m.value("_jit", Value::from(jit.finish()))?;
    m.value("monitoring", krait_vm::monitoring::api::module(m.py)?)?;
    Ok(())
}
