//! Attributes and methods of code objects, comparison and hash.

use std::sync::atomic::{AtomicBool, Ordering};

use krait_object::native::TypeBuilder;
use krait_object::object::{Builtin, Layout, Object, Owned};
use krait_object::protocol::{self, CompareOp};
use krait_object::py::{Py, PyResult};
use krait_object::singletons;
use krait_object::types::bytes::Bytes;
use krait_object::types::list::List;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::value::Value;

use super::CodeObject;
use super::bytes::co_code;
use super::lines::column;

fn strings<'a>(names: impl ExactSizeIterator<Item = &'a std::sync::Arc<str>>) -> Owned<Tuple> {
    Tuple::from_values(
        names
            .map(|n| Value::from(Str::intern(n)))
            .collect::<Vec<_>>(),
    )
}

/// `co_varnames`.
pub fn varnames(code: &CodeObject) -> Owned<Tuple> {
    let data = code.data();
    let shown: Vec<_> = data.shown_locals().map(|i| &data.varnames[i]).collect();
    strings(shown.into_iter())
}

/// `co_nlocals`.
fn nlocals(code: &CodeObject) -> usize {
    match code.hidden() {
        [] => usize::from(code.shape().varnames),
        _ => code.data().shown_locals().count(),
    }
}

/// `co_cellvars`.
pub fn cellvars(code: &CodeObject) -> Owned<Tuple> {
    strings(code.data().cellvars.iter().map(|c| &c.0))
}

/// `co_freevars`.
pub fn freevars(code: &CodeObject) -> Owned<Tuple> {
    strings(code.data().freevars.iter())
}

/// `co_names`.
pub fn names(code: &CodeObject) -> Owned<Tuple> {
    Tuple::from_values(
        code.names()
            .iter()
            .map(|n| Value::from(n.clone()))
            .collect::<Vec<_>>(),
    )
}

fn exception_table(code: &CodeObject) -> Owned<Bytes> {
    let mut bytes = Vec::new();
    for h in code.handlers() {
        for number in [
            h.start,
            h.end,
            h.target,
            u32::from(h.depth) << 1 | u32::from(h.lasti),
        ] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    Bytes::new(&bytes)
}

fn co_lines(py: Py, code: &CodeObject) -> PyResult {
    let list = List::new();
    // The entry, which CPython has an instruction for.
    let first = if code.is_module() {
        0
    } else {
        code.first_line()
    };
    let mut start = crate::frame::object::ENTRY;
    let runs = code.line_runs();
    let same = runs
        .first()
        .is_none_or(|r| r.line == Some(first) || runs.len() == 1 && r.line.is_none());
    if !same {
        let entry = (start, 0i64, Some(i64::from(first)));
        list.push_value(krait_object::native::IntoResult::into_result(entry, py)?);
        start = 0;
    }
    for run in code.line_runs() {
        let line = code.known_line_at(run.start).map(i64::from);
        let item = (start, i64::from(run.end) * 2, line);
        start = i64::from(run.end) * 2;
        list.push_value(krait_object::native::IntoResult::into_result(item, py)?);
    }
    protocol::iter(py, &Value::from(list)).map(Value::from)
}

static COLUMNS_HIDDEN: AtomicBool = AtomicBool::new(false);

/// Shows no more than lines of where instructions come from (`-X no_debug_ranges`).
pub fn hide_columns() {
    COLUMNS_HIDDEN.store(true, Ordering::Relaxed);
}

/// Whether code tells no more of its positions than lines.
pub fn columns_hidden() -> bool {
    COLUMNS_HIDDEN.load(Ordering::Relaxed)
}

/// `co_lnotab`: the older form of `co_lines`, as pairs of steps of offset and line.
fn lnotab(py: Py, code: &CodeObject) -> PyResult<Owned<Bytes>> {
    krait_object::errors::warn(
        py,
        &krait_object::exceptions::DeprecationWarning,
        "co_lnotab is deprecated, use co_lines instead.",
        1,
    )?;
    let (mut bytes, mut offset, mut line) = (Vec::new(), 0u32, i64::from(code.first_line()));
    for run in code.line_runs().iter().filter(|r| r.line.is_some()) {
        let mut step = run.start * 2 - offset;
        let mut lines = i64::from(code.line_at(run.start)) - line;
        if lines == 0 {
            continue;
        }
        (offset, line) = (offset + step, line + lines);
        while step > 255 {
            bytes.extend([255, 0]);
            step -= 255;
        }
        loop {
            let part = lines.clamp(-128, 127);
            bytes.extend([step as u8, part as i8 as u8]);
            (step, lines) = (0, lines - part);
            if lines == 0 {
                break;
            }
        }
    }
    Ok(Bytes::new(&bytes))
}

fn co_positions(py: Py, code: &CodeObject) -> PyResult {
    let list = List::new();
    for run in code.position_runs() {
        let p = run.position;
        let line = p.known_line().map(i64::from);
        let end = line.map(|_| i64::from(p.end_line));
        let (end, col, end_col) = if columns_hidden() {
            (line, None, None)
        } else {
            (end, column(p.col), column(p.end_col))
        };
        let item = (line, end, col, end_col);
        let item = krait_object::native::IntoResult::into_result(item, py)?;
        // A word is shown as two code units, so that f_lasti // 2 is an index.
        for _ in run.start..run.end {
            list.push_value(item.clone());
        }
    }
    protocol::iter(py, &Value::from(list)).map(Value::from)
}

/// `co_branches()`: offset of each branch with its left and its right way.
fn co_branches(py: Py, code: &CodeObject) -> PyResult {
    let list = List::new();
    for (index, &marks) in code.marks().iter().enumerate() {
        let index = index as u32;
        let word = code.data().words[index as usize];
        if marks & crate::instrument::mark::JUMP == 0 || crate::instrument::is_plain_jump(word) {
            continue;
        }
        let Some((next, taken)) = crate::instrument::ways(code, index) else {
            continue;
        };
        let (left, right) = if crate::instrument::taken_is_left(word) {
            (taken, next)
        } else {
            (next, taken)
        };
        let left = crate::instrument::told_target(word, index, true, left);
        let item = (
            i64::from(index) * 2,
            i64::from(left) * 2,
            i64::from(right) * 2,
        );
        list.push_value(krait_object::native::IntoResult::into_result(item, py)?);
    }
    protocol::iter(py, &Value::from(list)).map(Value::from)
}

fn compare(_py: Py, this: &CodeObject, other: &Object, op: CompareOp) -> Value {
    let Some(other) = other.downcast_exact::<CodeObject>() else {
        return Value::from_static(singletons::not_implemented());
    };
    let equal = std::ptr::eq(this, other) || same(&this.data().clone(), &other.data().clone());
    match op {
        CompareOp::Eq => Value::bool(equal),
        CompareOp::Ne => Value::bool(!equal),
        _ => Value::from_static(singletons::not_implemented()),
    }
}

fn same(a: &krait_bytecode::Code, b: &krait_bytecode::Code) -> bool {
    use krait_bytecode::Const;
    let consts = |a: &[Const], b: &[Const]| {
        a.len() == b.len()
            && a.iter().zip(b).all(|pair| match pair {
                (Const::Code(x), Const::Code(y)) => same(x, y),
                (x, y) => x == y,
            })
    };
    a.name == b.name
        && a.argcount == b.argcount
        && a.posonlyargcount == b.posonlyargcount
        && a.kwonlyargcount == b.kwonlyargcount
        && a.flags == b.flags
        && a.first_line == b.first_line
        && a.words == b.words
        && a.names == b.names
        && a.varnames == b.varnames
        && a.cellvars == b.cellvars
        && a.freevars == b.freevars
        && a.positions == b.positions
        && a.handlers == b.handlers
        && consts(&a.consts, &b.consts)
}

fn hash(_py: Py, this: &CodeObject) -> PyResult<i64> {
    let data = this.data();
    let mut hash = this.name().hash() as u64;
    let mut mix = |n: u64| {
        hash = (hash ^ n)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
    };
    mix(u64::from(data.flags));
    mix(u64::from(data.first_line));
    mix(u64::from(data.argcount) << 32 | u64::from(data.kwonlyargcount));
    data.words.iter().for_each(|w| mix(w.0));
    Ok(hash as i64)
}

fn repr(_py: Py, this: &CodeObject) -> String {
    format!(
        "<code object {} at {:p}, file \"{}\", line {}>",
        this.name().to_rust(),
        this.as_object().as_ptr(),
        this.filename().to_rust(),
        this.first_line()
    )
}

fn varname_from_oparg(py: Py, this: &CodeObject, index: i64) -> PyResult {
    match usize::try_from(index)
        .ok()
        .and_then(|i| this.locals().get(i))
    {
        Some(name) => Ok(Value::from(name.clone())),
        None => krait_object::raise!(py, IndexError, "tuple index out of range"),
    }
}

pub(super) fn define(b: &mut TypeBuilder<CodeObject>) {
    b.doc("Create a code object.  Not for mere mortals.")
        .repr(repr)
        .hash(hash)
        .compare(compare)
        .getter("co_argcount", |_py, c: &CodeObject| c.shape().argcount)
        .getter("co_posonlyargcount", |_py, c: &CodeObject| {
            c.shape().posonlyargcount
        })
        .getter("co_kwonlyargcount", |_py, c: &CodeObject| {
            c.shape().kwonlyargcount
        })
        .getter("co_nlocals", |_py, c: &CodeObject| nlocals(c))
        .getter("co_stacksize", |_py, c: &CodeObject| {
            i64::from(c.body.nregs - c.body.first_temp)
        })
        .getter("co_flags", |_py, c: &CodeObject| c.body.flags)
        .getter("co_firstlineno", |_py, c: &CodeObject| c.first_line())
        .getter("co_lnotab", lnotab)
        .getter("co_code", |_py, c: &CodeObject| co_code(c))
        .getter("_co_code_adaptive", |_py, c: &CodeObject| co_code(c))
        .getter("co_consts", |_py, c: &CodeObject| {
            Tuple::from_slice(c.consts())
        })
        .getter("co_names", |_py, c: &CodeObject| names(c))
        .getter("co_varnames", |_py, c: &CodeObject| varnames(c))
        .getter("co_cellvars", |_py, c: &CodeObject| cellvars(c))
        .getter("co_freevars", |_py, c: &CodeObject| freevars(c))
        .getter("co_filename", |_py, c: &CodeObject| c.filename())
        .getter("co_name", |_py, c: &CodeObject| c.name().to_owned_str())
        .getter("co_qualname", |_py, c: &CodeObject| {
            c.qualname().to_owned_str()
        })
        .getter("co_linetable", |_py, c: &CodeObject| {
            let data = c.data();
            Bytes::new(&super::linetable::encode(&data.positions, data.first_line))
        })
        .getter("co_exceptiontable", |_py, c: &CodeObject| {
            exception_table(c)
        })
        .method("co_lines($self, /)", co_lines)
        .method("co_positions($self, /)", co_positions)
        .method("co_branches($self, /)", co_branches)
        .method("_varname_from_oparg($self, /, oparg)", varname_from_oparg);
    debug_assert!(CodeObject::type_object().as_object().is_immortal());
}
