//! Values of `Constant` and `MatchSingleton`.

use krait_bytecode::Const;
use krait_object::types::complex::Complex;
use krait_object::types::set::FrozenSet;
use krait_object::value::Unpacked;
use krait_object::{
    Bytes, Float, Int, Py, PyResult, Str, Tuple, Value, protocol, raise, singletons,
};
use krait_vm::code::consts;

/// The constant, or an error naming the type that cannot be one.
pub fn constant(py: Py, value: &Value) -> PyResult<Const> {
    check(py, value)?;
    consts::constant(py, value)
}

fn check(py: Py, value: &Value) -> PyResult<()> {
    let Unpacked::Object(object) = value.unpack() else {
        return Ok(());
    };
    let plain = object.is_none()
        || object.is(singletons::ellipsis())
        || object.is(singletons::true_object())
        || object.is(singletons::false_object())
        || object.is_exact::<Int>()
        || object.is_exact::<Float>()
        || object.is_exact::<Complex>()
        || object.is_exact::<Str>()
        || object.is_exact::<Bytes>();
    if plain {
        return Ok(());
    }
    if object.is_exact::<Tuple>() || object.is_exact::<FrozenSet>() {
        py.thread().check_native_stack(py, " during compilation")?;
        return protocol::iter::collect(py, value)?
            .iter()
            .try_for_each(|item| check(py, item));
    }
    raise!(
        py,
        TypeError,
        "got an invalid type in Constant: {}",
        object.ty().short_name()
    )
}
