//! `code.replace()` and the constructor of code objects.

use std::sync::Arc;

use krait_bytecode::{
    Code, CommonConst, Handler, NO_REG, Op, Positions, Word, flags as code_flags, verify,
};
use krait_object::native::TypeBuilder;
use krait_object::object::Owned;
use krait_object::py::{Py, PyResult};
use krait_object::raise;
use krait_object::types::bytes::Bytes;
use krait_object::types::str::Str;
use krait_object::types::tuple::Tuple;
use krait_object::types::typeobject::Type;
use krait_object::value::Value;

use super::CodeObject;
use super::bytes::words_of;
use super::consts::constant;
use super::linetable;

type Opt<T> = Option<T>;

#[expect(
    clippy::too_many_arguments,
    reason = "they are the parameters of code.replace"
)]
fn replace(
    py: Py,
    this: &CodeObject,
    flags: Opt<u32>,
    filename: Opt<&Str>,
    name: Opt<&Str>,
    qualname: Opt<&Str>,
    first_line: Opt<u32>,
    consts: Opt<&Tuple>,
    names: Opt<&Tuple>,
    varnames: Opt<&Tuple>,
    freevars: Opt<&Tuple>,
    cellvars: Opt<&Tuple>,
    words: Opt<&Bytes>,
    rest: krait_object::native::KwArgs,
) -> PyResult<Owned<CodeObject>> {
    let mut code = Code::clone(this.data());
    code.flags = flags.unwrap_or(code.flags);
    if let Some(line) = first_line {
        // The table of positions counts from the old first line.
        let runs: Vec<_> = code
            .positions
            .runs(code.first_line)
            .map(|run| (run.end - run.start, run.position))
            .collect();
        code.positions = Positions::encode(line, runs);
        code.first_line = line;
    }
    let set = |place: &mut Arc<str>, new: Option<&Str>| {
        if let Some(new) = new {
            *place = new.to_rust().as_ref().into();
        }
    };
    set(&mut code.filename, filename);
    set(&mut code.name, name);
    set(&mut code.qualname, qualname);
    let values: Box<[Value]> = match consts {
        Some(consts) => {
            code.consts = consts
                .iter()
                .map(|o| constant(py, &Value::unboxed(o)))
                .collect::<PyResult<_>>()?;
            consts.iter().map(Value::unboxed).collect()
        }
        None => this.consts().into(),
    };
    rename(py, &mut code.names, names, "co_names")?;
    rename_locals(py, &mut code, varnames)?;
    rename(py, &mut code.freevars, freevars, "co_freevars")?;
    if let Some(cellvars) = cellvars {
        let mut names: Vec<Arc<str>> = code.cellvars.iter().map(|c| c.0.clone()).collect();
        rename(py, &mut names, Some(cellvars), "co_cellvars")?;
        code.cellvars
            .iter_mut()
            .zip(names)
            .for_each(|(cell, name)| cell.0 = name);
    }
    if let Some(words) = words {
        code.words = words_of(words);
    }
    apply_counts(py, &mut code, rest)?;
    if verify(&code).is_err() {
        return raise!(py, ValueError, "code: the instructions do not fit together");
    }
    let own = |new: Option<&Str>, old: &Str| new.unwrap_or(old).to_owned_str();
    let (name, qualname) = (own(name, this.name()), own(qualname, this.qualname()));
    let filename = own(filename, &this.filename());
    Ok(CodeObject::build(
        Arc::new(code),
        values,
        name,
        qualname,
        filename,
    ))
}

/// The handlers that `co_exceptiontable` shows.
fn handlers_of(bytes: &Bytes) -> Vec<Handler> {
    let (numbers, _) = bytes.as_slice().as_chunks::<4>();
    let numbers: Vec<u32> = numbers.iter().map(|n| u32::from_le_bytes(*n)).collect();
    let (records, _) = numbers.as_chunks::<4>();
    let handler = |&[start, end, target, depth]: &[u32; 4]| Handler {
        start,
        end,
        target,
        depth: (depth >> 1) as u16,
        lasti: depth & 1 != 0,
    };
    records.iter().map(handler).collect()
}

/// The less usual keywords.
fn apply_counts(py: Py, code: &mut Code, rest: krait_object::native::KwArgs) -> PyResult<()> {
    let Some(rest) = rest.0 else { return Ok(()) };
    for (key, value) in rest.to_vec() {
        let key = key
            .downcast::<Str>()
            .map(|k| k.to_rust().into_owned())
            .unwrap_or_default();
        let number = value.as_small_int().and_then(|i| u32::try_from(i).ok());
        if key == "co_linetable" {
            let Some(bytes) = value.downcast::<Bytes>() else {
                return raise!(py, TypeError, "co_linetable must be bytes");
            };
            let words = code.words.len();
            code.positions = linetable::decode(bytes.as_slice(), code.first_line, words);
            continue;
        }
        if key == "co_exceptiontable" {
            let Some(bytes) = value.downcast::<Bytes>() else {
                return raise!(py, TypeError, "co_exceptiontable must be bytes");
            };
            code.handlers = handlers_of(bytes);
            continue;
        }
        if let ("co_stacksize", Some(size)) = (key.as_str(), number) {
            let size = u16::try_from(size).unwrap_or(u16::MAX);
            code.nregs = code.first_temp.saturating_add(size);
            continue;
        }
        if key == "co_nlocals" && number != Some(code.shown_locals().count() as u32) {
            return raise!(py, ValueError, "code: co_nlocals != len(co_varnames)");
        }
        match (key.as_str(), number) {
            ("co_argcount", Some(n)) => code.argcount = n,
            ("co_posonlyargcount", Some(n)) => code.posonlyargcount = n,
            ("co_kwonlyargcount", Some(n)) => code.kwonlyargcount = n,
            ("co_nlocals" | "co_stacksize", _) => {}
            _ => {
                return raise!(
                    py,
                    TypeError,
                    "replace() got an unexpected keyword argument '{key}'"
                );
            }
        }
    }
    if code.shape().parameter_count() as usize > code.varnames.len()
        || code.posonlyargcount > code.argcount
    {
        return raise!(py, ValueError, "code: varnames is too small");
    }
    Ok(())
}

/// Other names for the locals that are shown, and for those of comprehensions that share them.
fn rename_locals(py: Py, code: &mut Code, new: Option<&Tuple>) -> PyResult<()> {
    let Some(new) = new else { return Ok(()) };
    let names = texts(py, new, "co_varnames")?;
    let old: Vec<_> = code
        .shown_locals()
        .map(|i| code.varnames[i].clone())
        .collect();
    if names.len() != old.len() {
        return raise!(py, ValueError, "code: co_nlocals != len(co_varnames)");
    }
    for name in &mut code.varnames {
        if let Some(i) = old.iter().position(|o| o == name) {
            *name = names[i].clone();
        }
    }
    Ok(())
}

fn rename(py: Py, place: &mut Vec<Arc<str>>, new: Option<&Tuple>, what: &str) -> PyResult<()> {
    let Some(new) = new else { return Ok(()) };
    let mut names = Vec::with_capacity(new.len());
    for i in 0..new.len() {
        match new.get_str(i) {
            Some(name) => names.push(Arc::from(name.to_rust().as_ref())),
            None => return raise!(py, TypeError, "{what} must be a tuple of strings"),
        }
    }
    if names.len() < place.len() {
        return raise!(py, ValueError, "code: {what} is too small");
    }
    *place = names;
    Ok(())
}

fn texts(py: Py, tuple: &Tuple, what: &str) -> PyResult<Vec<Arc<str>>> {
    let mut names = Vec::new();
    rename(py, &mut names, Some(tuple), what)?;
    Ok(names)
}

/// `CodeType(...)`, from what a code object's attributes show.
#[expect(
    clippy::too_many_arguments,
    reason = "they are the parameters of the constructor"
)]
fn construct(
    py: Py,
    _class: &Type,
    argcount: u32,
    posonlyargcount: u32,
    kwonlyargcount: u32,
    nlocals: u32,
    stacksize: u32,
    flags: u32,
    codestring: &Bytes,
    constants: &Tuple,
    names: &Tuple,
    varnames: &Tuple,
    filename: &Str,
    name: &Str,
    qualname: &Str,
    firstlineno: u32,
    linetable: &Bytes,
    exceptiontable: &Bytes,
    freevars: Opt<&Tuple>,
    cellvars: Opt<&Tuple>,
) -> PyResult<Owned<CodeObject>> {
    let empty = Tuple::empty();
    let varnames = texts(py, varnames, "co_varnames")?;
    if nlocals as usize != varnames.len() {
        return raise!(py, ValueError, "code: co_nlocals != len(co_varnames)");
    }
    let starred = flags & code_flags::VARARGS != 0;
    let double = flags & code_flags::VARKEYWORDS != 0;
    let parameters = argcount + kwonlyargcount + u32::from(starred) + u32::from(double);
    if parameters as usize > varnames.len() || posonlyargcount > argcount {
        return raise!(py, ValueError, "code: varnames is too small");
    }
    let parameter = |name: &Arc<str>| {
        let found = varnames.iter().position(|v| v == name);
        found.filter(|&i| i < parameters as usize).map(|i| i as u16)
    };
    let cellvars = texts(py, cellvars.unwrap_or(&empty), "co_cellvars")?;
    let cellvars: Vec<_> = cellvars
        .into_iter()
        .map(|name| {
            let parameter = parameter(&name);
            (name, parameter)
        })
        .collect();
    let freevars = texts(py, freevars.unwrap_or(&empty), "co_freevars")?;
    let words = words_of(codestring);
    let first_temp = varnames.len() + cellvars.len() + freevars.len();
    let (Ok(first_temp), Ok(size)) = (u16::try_from(first_temp), u16::try_from(stacksize)) else {
        return raise!(py, ValueError, "code: too many variables");
    };
    let text = |s: &Str| Arc::<str>::from(s.to_rust().as_ref());
    let mut code = Code {
        name: text(name),
        qualname: text(qualname),
        filename: text(filename),
        first_line: firstlineno,
        flags,
        argcount,
        posonlyargcount,
        kwonlyargcount,
        varnames,
        hidden: Vec::new(),
        cellvars,
        freevars,
        names: texts(py, names, "co_names")?,
        consts: constants
            .iter()
            .map(|o| constant(py, &Value::unboxed(o)))
            .collect::<PyResult<_>>()?,
        positions: linetable::decode(linetable.as_slice(), firstlineno, words.len()),
        words,
        nregs: first_temp.saturating_add(size),
        first_temp,
        handlers: handlers_of(exceptiontable),
    };
    if verify(&code).is_err() {
        code.positions = linetable::decode(linetable.as_slice(), firstlineno, NOT_OURS);
        cannot_run(&mut code);
    }
    if verify(&code).is_err() {
        return raise!(py, ValueError, "code: the instructions do not fit together");
    }
    let values = constants.iter().map(Value::unboxed).collect();
    let own = |s: &Str| s.to_owned_str();
    let (name, qualname, filename) = (own(name), own(qualname), own(filename));
    Ok(CodeObject::build(
        Arc::new(code),
        values,
        name,
        qualname,
        filename,
    ))
}

/// Words of what stands for foreign instructions.
const NOT_OURS: usize = 2;

/// Makes code of instructions that are not Krait's such that it raises NotImplementedError:
/// Cython makes code objects of no instructions for what else they show.
fn cannot_run(code: &mut Code) {
    let register = code.first_temp;
    code.nregs = code.nregs.max(register + 1);
    code.handlers.clear();
    let class = CommonConst::NotImplementedError as u16;
    code.words = vec![
        Word::new(Op::LOAD_COMMON_CONST, 0, register, class, 0),
        Word::new(Op::RAISE, 0, register, NO_REG, 0),
    ];
    debug_assert_eq!(code.words.len(), NOT_OURS);
}

pub(super) fn define(b: &mut TypeBuilder<CodeObject>) {
    b.new_with(
        "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)",
        construct,
    )
    .method(
        "replace($self, /, *, co_flags=None, co_filename=None, co_name=None, co_qualname=None, co_firstlineno=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_code=None, **rest)",
        replace,
    )
    .method(
        "__replace__($self, /, *, co_flags=None, co_filename=None, co_name=None, co_qualname=None, co_firstlineno=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, co_cellvars=None, co_code=None, **rest)",
        replace,
    );
}
