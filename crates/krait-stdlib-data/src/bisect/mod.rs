//! `_bisect`.

use krait_object::native::module::NativeModule;
use krait_object::protocol::{self, CompareOp};
use krait_object::{List, ModuleBuilder, Py, PyResult, Str, Value, intern, raise};

pub const MODULE: NativeModule = NativeModule {
    name: "_bisect",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new(DOC)))?;
    m.function(
        "bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)",
        bisect::<true>,
    )?;
    m.function(
        "bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)",
        bisect::<false>,
    )?;
    m.function(
        "insort_right($module, /, a, x, lo=0, hi=None, *, key=None)",
        insort::<true>,
    )?;
    m.function(
        "insort_left($module, /, a, x, lo=0, hi=None, *, key=None)",
        insort::<false>,
    )?;
    Ok(())
}

/// The bounds of the search.
fn bounds(py: Py, a: &Value, lo: Option<isize>, hi: Option<isize>) -> PyResult<(usize, usize)> {
    let Ok(lo) = usize::try_from(lo.unwrap_or(0)) else {
        return raise!(py, ValueError, "lo must be non-negative");
    };
    match hi.map(usize::try_from) {
        Some(Ok(hi)) => Ok((lo, hi)),
        // As in C, minus one stands for the length.
        None | Some(Err(_)) if hi.is_none() || hi == Some(-1) => Ok((lo, protocol::length(py, a)?)),
        _ => Ok((lo, 0)),
    }
}

fn search<const RIGHT: bool>(
    py: Py,
    a: &Value,
    x: &Value,
    (mut lo, mut hi): (usize, usize),
    key: Option<&Value>,
) -> PyResult<usize> {
    let list = a.downcast_exact::<List>();
    while lo < hi {
        let middle = lo + (hi - lo) / 2;
        let item = match list.and_then(|l| l.get(middle)) {
            Some(item) => item,
            None => protocol::get_item(py, a, &Value::int(middle as i64))?,
        };
        let item = match key {
            Some(key) => protocol::call(py, key, &[item])?,
            None => item,
        };
        let (left, right) = if RIGHT { (x, &item) } else { (&item, x) };
        let less = protocol::truth(py, &protocol::rich_compare(py, left, right, CompareOp::Lt)?)?;
        if less == RIGHT {
            hi = middle;
        } else {
            lo = middle + 1;
        }
    }
    Ok(lo)
}

fn bisect<const RIGHT: bool>(
    py: Py,
    a: &Value,
    x: &Value,
    lo: Option<isize>,
    hi: Option<isize>,
    key: Option<&Value>,
) -> PyResult<usize> {
    let bounds = bounds(py, a, lo, hi)?;
    search::<RIGHT>(py, a, x, bounds, key)
}

fn insort<const RIGHT: bool>(
    py: Py,
    a: &Value,
    x: &Value,
    lo: Option<isize>,
    hi: Option<isize>,
    key: Option<&Value>,
) -> PyResult<()> {
    let bounds = bounds(py, a, lo, hi)?;
    let index = match key {
        None => search::<RIGHT>(py, a, x, bounds, None)?,
        Some(key) => {
            let wanted = protocol::call(py, key, std::slice::from_ref(x))?;
            search::<RIGHT>(py, a, &wanted, bounds, Some(key))?
        }
    };
    if let Some(list) = a.downcast_exact::<List>() {
        if !list.insert_all(index.min(list.len()), vec![x.to_object()]) {
            return krait_object::errors::no_memory();
        }
        return Ok(());
    }
    let arguments = [Value::int(index as i64), x.clone()];
    protocol::call_method(py, a, intern!("insert"), &arguments).map(drop)
}

const DOC: &str = "Bisection algorithms.\n\nThis module provides support for maintaining a list in sorted order without\n\
having to sort the list after each insertion. For long lists of items with\n\
expensive comparison operations, this can be an improvement over the more\ncommon approach.\n";
