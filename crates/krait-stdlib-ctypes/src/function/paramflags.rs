//! `paramflags`: names, defaults and directions of a function's parameters, and what they
//! make of a call's arguments and result.

use krait_object::{Dict, Owned, Py, PyResult, Str, Tuple, Type, Value, intern, protocol, raise};

use super::named;
use crate::data::arguments_of;
use crate::storage;
use crate::types;

const IN: u64 = 1;
const OUT: u64 = 2;
const LCID: u64 = 4;

/// A parameter's description.
struct Parameter {
    flags: u64,
    name: Option<Value>,
    default: Option<Value>,
}

fn parameter(item: &Value) -> Option<Parameter> {
    let item = item.downcast::<Tuple>()?;
    let name = item.get(1).filter(|name| !name.is_none());
    let named_well = name
        .as_ref()
        .is_none_or(|name| name.downcast::<Str>().is_some());
    let flags = protocol::number::int_of(&item.get(0)?)?;
    (item.len() <= 3 && named_well && i32::try_from(flags).is_ok()).then(|| Parameter {
        flags: flags as u64,
        name,
        default: item.get(2),
    })
}

/// The descriptions, which must be some and fit the types. Without types they mean nothing.
pub fn check(py: Py, argtypes: Option<&Value>, flags: &Value) -> PyResult<Option<Owned<Tuple>>> {
    use krait_object::Layout;
    let Some(argtypes) = argtypes else {
        return Ok(None);
    };
    let Some(flags) = flags.downcast::<Tuple>() else {
        return raise!(py, TypeError, "paramflags must be a tuple or None");
    };
    let argtypes = protocol::iter::to_tuple(py, argtypes)?;
    if flags.len() != argtypes.len() {
        return raise!(
            py,
            ValueError,
            "paramflags must have the same length as argtypes"
        );
    }
    let pairs = arguments_of(flags).into_iter().zip(arguments_of(&argtypes));
    for (i, (item, argtype)) in pairs.enumerate() {
        let Some(parameter) = parameter(&item) else {
            return raise!(
                py,
                TypeError,
                "paramflags must be a sequence of (int [,string [,value]]) tuples"
            );
        };
        match parameter.flags & (IN | OUT | LCID) {
            0 | 1 | 3 | 5 => {}
            OUT => check_out(py, &argtype, i + 1)?,
            _ => {
                return raise!(
                    py,
                    TypeError,
                    "paramflag value {} not supported",
                    parameter.flags
                );
            }
        }
    }
    Ok(Some(flags.to_owned()))
}

/// An `out` parameter is a pointer, for which an instance can be made.
fn check_out(py: Py, argtype: &Value, index: usize) -> PyResult<()> {
    let class = argtype.downcast::<Type>();
    let fits = class.is_some_and(|class| {
        let code = storage::of(class).and_then(|s| s.code.get());
        types::is_made_by(class, &types::META_POINTER)
            || types::is_made_by(class, &types::META_ARRAY)
            || code.is_some_and(|code| b"PzZ".contains(&code.letter))
    });
    if fits {
        return Ok(());
    }
    let shown = class.unwrap_or(argtype.ty()).name();
    raise!(
        py,
        TypeError,
        "'out' parameter {index} must be a pointer type, not {shown}"
    )
}

/// A call's arguments, and which of them are results.
pub struct Planned {
    pub values: Vec<Value>,
    /// Indices of results, with whether the argument itself is one.
    results: Vec<(usize, bool)>,
}

/// The arguments of a call; `None` where they are as given.
pub fn plan(
    py: Py,
    flags: &Tuple,
    argtypes: &Value,
    given: &[Value],
    keywords: Option<&Dict>,
) -> PyResult<Option<Planned>> {
    let argtypes = protocol::iter::to_tuple(py, argtypes)?;
    if argtypes.is_empty() {
        return Ok(None);
    }
    let mut planned = Planned {
        values: Vec::with_capacity(argtypes.len()),
        results: Vec::new(),
    };
    let mut used = 0;
    let pairs = arguments_of(flags).into_iter().zip(arguments_of(&argtypes));
    for (i, (item, argtype)) in pairs.enumerate() {
        let Some(Parameter {
            flags,
            name,
            default,
        }) = parameter(&item)
        else {
            return raise!(py, TypeError, "paramflags have changed");
        };
        let value = match flags & (IN | OUT | LCID) {
            5 => default.unwrap_or_else(|| Value::int(0)),
            OUT => {
                planned.results.push((i, false));
                match default {
                    Some(default) => default,
                    None => out_argument(py, &argtype)?,
                }
            }
            direction => {
                if direction == IN | OUT {
                    planned.results.push((i, true));
                }
                in_argument(py, &mut used, name.as_ref(), default, given, keywords)?
            }
        };
        planned.values.push(value);
    }
    let actual = given.len() + keywords.map_or(0, |k| k.len());
    if actual != used {
        return raise!(
            py,
            TypeError,
            "call takes exactly {used} arguments ({actual} given)"
        );
    }
    Ok(Some(planned))
}

fn in_argument(
    py: Py,
    used: &mut usize,
    name: Option<&Value>,
    default: Option<Value>,
    given: &[Value],
    keywords: Option<&Dict>,
) -> PyResult {
    if let Some(value) = given.get(*used) {
        *used += 1;
        return Ok(value.clone());
    }
    if let Some(value) = named(py, keywords, name)? {
        *used += 1;
        return Ok(value);
    }
    if let Some(default) = default {
        return Ok(default);
    }
    match name {
        Some(name) => {
            let shown = protocol::str(py, name)?;
            raise!(
                py,
                TypeError,
                "required argument '{}' missing",
                shown.to_rust()
            )
        }
        None => raise!(py, TypeError, "not enough arguments"),
    }
}

/// A new instance for an `out` parameter: of the array, or of what the pointer points to.
fn out_argument(py: Py, argtype: &Value) -> PyResult {
    let class = argtype.downcast::<Type>();
    let Some((class, storage)) = class.and_then(|c| Some((c, storage::of(c)?))) else {
        return raise!(py, RuntimeError, "NULL stginfo unexpected");
    };
    if storage.code.get().is_some() {
        return raise!(
            py,
            TypeError,
            "{} 'out' parameter must be passed as default value",
            class.name()
        );
    }
    if types::is_made_by(class, &types::META_ARRAY) {
        return protocol::call(py, argtype, &[]);
    }
    let item = storage.item_class(py)?;
    protocol::call(py, &storage::class_value(&item), &[])
}

impl Planned {
    /// The call's result: the arguments that are results, or the function's own without any.
    pub fn result(self, py: Py, own: Value) -> PyResult {
        let mut results = Vec::with_capacity(self.results.len());
        for &(i, itself) in &self.results {
            let value = self.values[i].clone();
            results.push(if itself {
                value
            } else {
                protocol::call_method(py, &value, intern!("__ctypes_from_outparam__"), &[])?
            });
        }
        Ok(match results.len() {
            0 => own,
            1 => results.remove(0),
            _ => Value::from(Tuple::from_values(results)),
        })
    }
}
