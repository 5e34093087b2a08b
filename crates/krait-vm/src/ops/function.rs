//! `MAKE_FUNCTION`.

use krait_bytecode::Word;
use krait_bytecode::op::make_function as bits;
use krait_object::object::{Layout, Owned};
use krait_object::raise;
use krait_object::value::Value;

use crate::code::CodeObject;
use crate::frame::Frame;
use crate::function::{Extras, Function};
use crate::state::{Flow, State};

pub fn MAKE_FUNCTION(s: &mut State, w: Word) -> Flow {
    let flag = w.flag();
    let code = if flag & bits::CODE_IN_REGISTER != 0 {
        s.take(w.b())
    } else {
        s.constant_value(u32::from(w.b())).clone()
    };
    let Some(code) = code.downcast_exact::<CodeObject>() else {
        let _: krait_object::py::PyResult<()> =
            raise!(s.py, SystemError, "MAKE_FUNCTION without a code object");
        return Flow::Raise;
    };
    let mut next = w.c();
    let mut extra = |bit: u8| -> Option<Owned> {
        (flag & bit != 0).then(|| {
            next += 1;
            s.take(next - 1).into_object()
        })
    };
    let extras = Extras {
        defaults: extra(bits::DEFAULTS),
        kwdefaults: extra(bits::KWDEFAULTS),
        annotations: extra(bits::ANNOTATIONS),
        closure: extra(bits::CLOSURE),
        annotate: extra(bits::ANNOTATE),
    };
    // SAFETY: the innermost frame is alive, and its function owns globals and builtins.
    let globals = unsafe { Frame::globals_ref(s.frame) }.to_owned();
    let builtins = s.function().builtins().to_owned();
    let function = Function::with_builtins(s.py, code.to_owned(), globals, builtins, extras);
    s.set_value(w.a(), Value::from(function));
    Flow::Next
}
