//! `txt2obj` and `nid2obj`: object identifiers by text and by OpenSSL's number.

use krait_object::{ModuleBuilder, Owned, Py, PyResult, Str, Tuple, Value, raise};
use krait_tls::oid::{self, Known};

fn described(known: &Known) -> Owned<Tuple> {
    let text = |t: &str| Value::from(Str::new(t));
    Tuple::from_values([
        Value::int(known.0),
        text(known.1),
        text(known.2),
        text(known.3),
    ])
}

fn txt2obj(py: Py, text: String, by_name: Option<bool>) -> PyResult<Owned<Tuple>> {
    let found = oid::TABLE.iter().find(|known| {
        known.3 == text || (by_name == Some(true) && (known.1 == text || known.2 == text))
    });
    match found {
        Some(known) => Ok(described(known)),
        // One that has no name still is an identifier.
        None if oid::is_dotted(&text) => Ok(Tuple::from_values([
            Value::int(0),
            Value::none(),
            Value::none(),
            Value::from(Str::new(&text)),
        ])),
        None => {
            let shown: String = text.chars().take(100).collect();
            raise!(py, ValueError, "unknown object '{shown}'")
        }
    }
}

fn nid2obj(py: Py, number: i32) -> PyResult<Owned<Tuple>> {
    if number < 0 {
        return raise!(py, ValueError, "NID must be positive");
    }
    match oid::TABLE.iter().find(|known| known.0 == i64::from(number)) {
        Some(known) => Ok(described(known)),
        None => raise!(py, ValueError, "unknown NID {number}"),
    }
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("txt2obj($module, /, txt, name=False)", txt2obj)?
        .function("nid2obj($module, nid, /)", nid2obj)?;
    Ok(())
}
