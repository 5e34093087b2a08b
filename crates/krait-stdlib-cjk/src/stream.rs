//! `MultibyteStreamReader` and `MultibyteStreamWriter`.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::TypeBuilder;
use krait_object::{
    Bytes, Class, Instance, Owned, Py, PyResult, Str, Type, Value, class_cell, intern, protocol,
    raise,
};

use super::codec::{Codec, bytes, codec_of, errors_value, text_of};
use super::decode::decode_all;
use super::encode::encode_on;
use super::engine::{Engine, State};

/// What readers and writers have.
struct Common {
    codec: &'static Codec,
    stream: Value,
    state: Cell<State>,
    errors: RefCell<String>,
}

impl Common {
    fn new(
        py: Py,
        class: &Type,
        stream: &Value,
        errors: Option<String>,
        start: fn(&Engine) -> State,
    ) -> PyResult<Common> {
        let codec = codec_of(py, class)?;
        Ok(Common {
            codec,
            stream: stream.clone(),
            state: Cell::new(start(&codec.engine)),
            errors: RefCell::new(errors.unwrap_or_else(|| "strict".into())),
        })
    }
}

/// `MultibyteStreamReader`.
pub struct Reader {
    common: Common,
    pending: RefCell<Vec<u8>>,
}

type ReaderObject = Instance<Reader>;

/// A size argument: none and negative numbers are no limit.
fn size_of(py: Py, size: Option<&Value>) -> PyResult<isize> {
    match size.filter(|s| !s.is_none()) {
        None => Ok(-1),
        Some(size) if protocol::number::is_index(size) => {
            protocol::number::to_index(py, size, &krait_object::exceptions::OverflowError)
        }
        Some(_) => raise!(py, TypeError, "arg 1 must be an integer"),
    }
}

/// Reads with a method of the stream until there is text, or everything.
fn read_text(py: Py, this: &ReaderObject, method: &str, mut size: isize) -> PyResult<Owned<Str>> {
    let mut out = Vec::new();
    if size == 0 {
        return Ok(Str::new(""));
    }
    let errors = this.common.errors.borrow().clone();
    loop {
        let arguments = [Value::int(size as i64)];
        let given = if size < 0 { &[][..] } else { &arguments };
        let piece = protocol::call_method_str(py, &this.common.stream, method, given)?;
        let Some(data) = piece.downcast::<Bytes>() else {
            let got = piece.ty().name();
            return raise!(
                py,
                TypeError,
                "stream function returned a non-bytes object ({got})"
            );
        };
        let at_end = data.is_empty();
        let mut all = std::mem::take(&mut *this.pending.borrow_mut());
        all.extend_from_slice(data.as_slice());
        let mut state = this.common.state.get();
        let whole = at_end || size < 0;
        let used = decode_all(
            py,
            this.common.codec,
            &mut state,
            &all,
            &errors,
            whole,
            &mut out,
        )?;
        this.common.state.set(state);
        this.pending.replace(all.split_off(used));
        if whole || !out.is_empty() {
            return Ok(Str::from_u32(&out));
        }
        size = 1;
    }
}

fn read_lines(py: Py, this: &ReaderObject, size: Option<&Value>) -> PyResult {
    let size = size_of(py, size)?;
    let text = Value::from(read_text(py, this, "read", size)?);
    protocol::call_method(py, &text, intern!("splitlines"), &[Value::bool(true)])
}

impl Class for Reader {
    const NAME: &'static str = "_multibytecodec.MultibyteStreamReader";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<ReaderObject>) {
        b.subclassable()
            .new_with(
                "MultibyteStreamReader(stream, errors='strict')",
                |py: Py, class: &Type, stream: &Value, errors: Option<String>| {
                    let body = Reader {
                        common: Common::new(py, class, stream, errors, Engine::decoder_state)?,
                        pending: RefCell::new(Vec::new()),
                    };
                    Instance::new_in(py, class, body)
                },
            )
            .init(
                "MultibyteStreamReader(stream, errors='strict')",
                |_py: Py, _this: &ReaderObject, _stream: &Value, _errors: Option<&Value>| (),
            )
            .method(
                "read($self, sizeobj=None, /)",
                |py: Py, this: &ReaderObject, size: Option<&Value>| {
                    let size = size_of(py, size)?;
                    read_text(py, this, "read", size)
                },
            )
            .method(
                "readline($self, sizeobj=None, /)",
                |py: Py, this: &ReaderObject, size: Option<&Value>| {
                    let size = size_of(py, size)?;
                    read_text(py, this, "readline", size)
                },
            )
            .method("readlines($self, sizehintobj=None, /)", read_lines)
            .method("reset($self, /)", |_py: Py, this: &ReaderObject| {
                let start = this.common.codec.engine.decoder_state();
                this.common.state.set(start);
                this.pending.borrow_mut().clear();
            })
            .getter("stream", |_py, this: &ReaderObject| {
                this.common.stream.clone()
            })
            .getset(
                "errors",
                |_py: Py, this: &ReaderObject| this.common.errors.borrow().clone(),
                |py, this, value| {
                    this.common.errors.replace(errors_value(py, value)?);
                    Ok(())
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.common.stream);
    }
}

/// `MultibyteStreamWriter`.
pub struct Writer {
    common: Common,
    /// A character whose bytes depend on the next.
    pending: RefCell<Vec<u32>>,
}

type WriterObject = Instance<Writer>;

fn write(py: Py, this: &WriterObject, text: &Value) -> PyResult<()> {
    let text = text_of(py, text)?;
    let (codec, errors) = (this.common.codec, this.common.errors.borrow().clone());
    let mut state = this.common.state.get();
    let data = encode_on(py, codec, &mut state, &this.pending, &text, &errors, false)?;
    this.common.state.set(state);
    protocol::call_method(py, &this.common.stream, intern!("write"), &[bytes(&data)]).map(drop)
}

/// Writes what is pending, and what leads back to the first state.
fn reset_writer(py: Py, this: &WriterObject) -> PyResult<()> {
    let (codec, errors) = (this.common.codec, this.common.errors.borrow().clone());
    let mut state = this.common.state.get();
    let nothing = Str::new("");
    let encoded = encode_on(
        py,
        codec,
        &mut state,
        &this.pending,
        &nothing,
        &errors,
        true,
    );
    // What has no bytes is not tried again.
    this.pending.borrow_mut().clear();
    let mut out = encoded?;
    codec.engine.reset(&mut state, &mut out);
    this.common.state.set(state);
    if out.is_empty() {
        return Ok(());
    }
    protocol::call_method(py, &this.common.stream, intern!("write"), &[bytes(&out)]).map(drop)
}

impl Class for Writer {
    const NAME: &'static str = "_multibytecodec.MultibyteStreamWriter";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<WriterObject>) {
        b.subclassable()
            .new_with(
                "MultibyteStreamWriter(stream, errors='strict')",
                |py: Py, class: &Type, stream: &Value, errors: Option<String>| {
                    let common = Common::new(py, class, stream, errors, Engine::encoder_state)?;
                    let pending = RefCell::new(Vec::new());
                    Instance::new_in(py, class, Writer { common, pending })
                },
            )
            .init(
                "MultibyteStreamWriter(stream, errors='strict')",
                |_py: Py, _this: &WriterObject, _stream: &Value, _errors: Option<&Value>| (),
            )
            .method("write($self, strobj, /)", write)
            .method(
                "writelines($self, lines, /)",
                |py: Py, this: &WriterObject, lines: &Value| {
                    let mut lines = protocol::Iter::new(py, lines)?;
                    while let Some(line) = lines.next(py)? {
                        write(py, this, &line)?;
                    }
                    PyResult::Ok(())
                },
            )
            .method("reset($self, /)", reset_writer)
            .getter("stream", |_py, this: &WriterObject| {
                this.common.stream.clone()
            })
            .getset(
                "errors",
                |_py: Py, this: &WriterObject| this.common.errors.borrow().clone(),
                |py, this, value| {
                    this.common.errors.replace(errors_value(py, value)?);
                    Ok(())
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        visitor.field(&self.common.stream);
    }
}
