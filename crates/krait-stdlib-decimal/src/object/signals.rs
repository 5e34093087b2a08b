//! The exceptions, and which bits of a status they stand for.

use std::cell::OnceCell;

use krait_object::{
    Dict, GilCell, Layout, List, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, errors,
    exceptions, intern, protocol, raise,
};

use crate::number::status;

/// A class with the bits that raise it.
pub struct Signal {
    pub name: &'static str,
    pub bits: u32,
    pub class: Owned<Type>,
}

pub struct Classes {
    base: Owned<Type>,
    /// In the order in which flags are shown.
    pub signals: Vec<Signal>,
    /// What `InvalidOperation` is about.
    pub conditions: Vec<Signal>,
}

static CLASSES: GilCell<OnceCell<Classes>> = GilCell::new(OnceCell::new());

impl Classes {
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Owned<Type>)> {
        let base = std::iter::once(("DecimalException", &self.base));
        let signals = self.signals.iter().map(|s| (s.name, &s.class));
        // The first condition is InvalidOperation itself.
        let conditions = self.conditions.iter().skip(1).map(|s| (s.name, &s.class));
        base.chain(signals).chain(conditions)
    }

    pub fn signal_of(&self, class: &Value) -> Option<&Signal> {
        self.signals
            .iter()
            .find(|s| class.is_object(s.class.as_object()))
    }
}

fn new_class(py: Py, name: &str, bases: &[&Type]) -> PyResult<Owned<Type>> {
    let namespace = Dict::new();
    let module = Value::from(Str::intern("decimal"));
    namespace.set_str(py, intern!("__module__"), module)?;
    let bases = bases.iter().map(|b| Value::from(Layout::to_owned(*b)));
    let arguments = [
        Value::from(Str::intern(name)),
        Value::from(Tuple::from_values(bases.collect::<Vec<_>>())),
        Value::from(namespace),
    ];
    let made = protocol::call(py, &protocol::attr::type_value::<Type>(), &arguments)?;
    match made.into_object().downcast_owned::<Type>() {
        Ok(class) => Ok(class),
        Err(_) => raise!(py, SystemError, "type() made no class"),
    }
}

fn make(py: Py) -> PyResult<Classes> {
    let base = new_class(py, "DecimalException", &[&exceptions::ArithmeticError])?;
    let of = |name, bases: &[&Type]| new_class(py, name, bases);
    let inexact = of("Inexact", &[&base])?;
    let rounded = of("Rounded", &[&base])?;
    let subnormal = of("Subnormal", &[&base])?;
    let invalid = of("InvalidOperation", &[&base])?;
    let by_zero: &Type = &exceptions::ZeroDivisionError;
    let undefined = of("DivisionUndefined", &[&invalid, by_zero])?;
    let signal = |name, bits, class| Signal { name, bits, class };
    let signals = vec![
        signal("InvalidOperation", status::INVALID, invalid.clone()),
        signal(
            "FloatOperation",
            status::FLOAT_OPERATION,
            of("FloatOperation", &[&base, &exceptions::TypeError])?,
        ),
        signal(
            "DivisionByZero",
            status::DIVISION_BY_ZERO,
            of("DivisionByZero", &[&base, by_zero])?,
        ),
        signal(
            "Overflow",
            status::OVERFLOW,
            of("Overflow", &[&inexact, &rounded])?,
        ),
        signal(
            "Underflow",
            status::UNDERFLOW,
            of("Underflow", &[&inexact, &rounded, &subnormal])?,
        ),
        signal("Subnormal", status::SUBNORMAL, subnormal),
        signal("Inexact", status::INEXACT, inexact),
        signal("Rounded", status::ROUNDED, rounded),
        signal("Clamped", status::CLAMPED, of("Clamped", &[&base])?),
    ];
    let conditions = vec![
        signal(
            "InvalidOperation",
            status::INVALID_OPERATION,
            invalid.clone(),
        ),
        signal(
            "ConversionSyntax",
            status::CONVERSION_SYNTAX,
            of("ConversionSyntax", &[&invalid])?,
        ),
        signal(
            "DivisionImpossible",
            status::DIVISION_IMPOSSIBLE,
            of("DivisionImpossible", &[&invalid])?,
        ),
        signal("DivisionUndefined", status::DIVISION_UNDEFINED, undefined),
        signal(
            "InvalidContext",
            status::INVALID_CONTEXT,
            of("InvalidContext", &[&invalid])?,
        ),
    ];
    Ok(Classes {
        base,
        signals,
        conditions,
    })
}

pub fn classes(py: Py) -> PyResult<&'static Classes> {
    let cell = CLASSES.get(py);
    if let Some(classes) = cell.get() {
        return Ok(classes);
    }
    let made = make(py)?;
    Ok(cell.get_or_init(|| made))
}

/// The classes of what has happened, conditions first.
fn listed(py: Py, bits: u32) -> PyResult<Owned<List>> {
    let classes = classes(py)?;
    let conditions = classes.conditions.iter();
    let all = conditions.chain(classes.signals.iter().skip(1));
    let of = all.filter(|s| s.bits & bits != 0);
    Ok(List::from_values(of.map(|s| Value::from(s.class.clone()))))
}

/// The signals of which a bit is set.
pub fn signals_of(py: Py, bits: u32) -> PyResult<Owned<List>> {
    let of = classes(py)?.signals.iter().filter(|s| s.bits & bits != 0);
    Ok(List::from_values(of.map(|s| Value::from(s.class.clone()))))
}

/// The names of the signals, in the order of their bits.
pub fn names_of(py: Py, bits: u32) -> PyResult<String> {
    let all = &classes(py)?.signals;
    let mut of: Vec<&Signal> = all.iter().filter(|s| s.bits & bits != 0).collect();
    of.sort_by_key(|s| s.bits.trailing_zeros());
    Ok(of.iter().map(|s| s.name).collect::<Vec<_>>().join(", "))
}

/// Raises the first of the signals.
#[cold]
pub fn raise_signal(py: Py, bits: u32) -> Raised {
    let classes = match classes(py) {
        Ok(classes) => classes,
        Err(raised) => return raised,
    };
    let Some(signal) = classes.signals.iter().find(|s| s.bits & bits != 0) else {
        return errors::raise_text(
            py,
            &exceptions::RuntimeError,
            format_args!("internal error in raise_signal"),
        );
    };
    match listed(py, bits) {
        Ok(list) => errors::raise_value(py, &signal.class, Value::from(list)),
        Err(raised) => raised,
    }
}

pub fn unknown<T>(py: Py) -> PyResult<T> {
    raise!(
        py,
        KeyError,
        "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]"
    )
}

/// The bits of a list of signals and conditions.
pub fn bits_of_list(py: Py, list: &List) -> PyResult<u32> {
    let classes = classes(py)?;
    let mut bits = 0;
    for item in list.to_vec() {
        let found = classes
            .signals
            .iter()
            .chain(&classes.conditions)
            .find(|s| item.is(s.class.as_object()));
        match found {
            Some(signal) => bits |= signal.bits,
            None => return unknown(py),
        }
    }
    Ok(bits)
}

/// The bits of a dict with an entry for each signal.
pub fn bits_of_dict(py: Py, dict: &Dict) -> PyResult<u32> {
    let classes = classes(py)?;
    if dict.len() != classes.signals.len() {
        return raise!(py, KeyError, "invalid signal dict");
    }
    let mut bits = 0;
    for (key, value) in dict.to_vec() {
        match classes.signal_of(&key) {
            Some(signal) => {
                if protocol::truth(py, &value)? {
                    bits |= signal.bits;
                }
            }
            None => return unknown(py),
        }
    }
    Ok(bits)
}
