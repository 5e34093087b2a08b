//! Random bytes. They are the system's, which needs no seed: `RAND_add` adds nothing and
//! `RAND_status` is always true.

use krait_object::types::buffer::Buffer;
use krait_object::{Bytes, ModuleBuilder, Owned, Py, PyResult, Str, Value, errors, raise};

fn bytes(py: Py, count: i32) -> PyResult<Owned<Bytes>> {
    let Ok(count) = usize::try_from(count) else {
        return raise!(py, ValueError, "num must be positive");
    };
    let mut good = false;
    match Bytes::build(count, |room| good = krait_tls::random(room)) {
        Some(made) if good => Ok(made),
        Some(_) => crate::errors::plain(py, "the system gives no random bytes"),
        None => errors::no_memory(),
    }
}

fn add(py: Py, seed: &Value, _entropy: f64) -> PyResult<()> {
    if seed.downcast::<Str>().is_none() {
        Buffer::new(py, seed)?;
    }
    Ok(())
}

pub fn define(m: &ModuleBuilder) -> PyResult<()> {
    m.function("RAND_bytes($module, n, /)", bytes)?
        .function("RAND_add($module, string, entropy, /)", add)?
        .function("RAND_status($module, /)", |_py: Py| true)?;
    Ok(())
}
