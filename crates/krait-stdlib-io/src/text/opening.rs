//! How a text stream is put on a buffer, and `reconfigure`.

use std::cell::OnceCell;

use krait_object::{
    GilCell, Instance, Layout, Owned, Py, PyResult, Str, Value, errors, exceptions, intern,
    protocol, raise,
};

use super::codec::{self, Decoder, Encoder, NativeCodec};
use super::lines::{Newline, as_c_text};
use super::{State, TextWrapper, This};
use crate::fault::unsupported;
use crate::module::encoding_flags;
use crate::raw_call::{self, ask, call0, me};

/// What a text stream is told.
pub struct Settings {
    pub encoding: Value,
    pub errors: Value,
    pub newline: Newline,
    pub line_buffering: bool,
    pub write_through: bool,
}

/// A text stream of exactly the class.
pub fn create(py: Py, buffer: &Value, settings: Settings) -> PyResult<Owned<This>> {
    let this = Instance::new(py, TextWrapper::unopened());
    open(py, &this, buffer, settings)?;
    Ok(this)
}

/// The locale's encoding as an object.
static LOCALE: GilCell<OnceCell<Value>> = GilCell::new(OnceCell::new());

/// The encoding that `None` and `'locale'` stand for.
fn default_encoding(py: Py, given: &Value) -> PyResult {
    if given.is_none() {
        if encoding_flags(py)?.warns {
            errors::warn(
                py,
                &exceptions::EncodingWarning,
                "'encoding' argument not specified",
                1,
            )?;
        }
        if encoding_flags(py)?.utf8_mode {
            return Ok(Value::from(Str::intern("utf-8")));
        }
    }
    Ok(LOCALE
        .get(py)
        .get_or_init(|| Value::from(Str::new(&krait_sys::locale::encoding())))
        .clone())
}

fn is_text(value: &Value, text: &str) -> bool {
    value.downcast::<Str>().is_some_and(|s| s.eq_str(text))
}

#[expect(
    clippy::too_many_arguments,
    reason = "the signature of TextIOWrapper()"
)]
pub(super) fn init(
    py: Py,
    this: &This,
    buffer: &Value,
    encoding: Option<&Value>,
    errors: Option<&Value>,
    newline: Option<&Value>,
    line_buffering: Option<bool>,
    write_through: Option<bool>,
) -> PyResult<()> {
    this.state.set(State::New);
    for (name, value) in [("encoding", encoding), ("newline", newline)] {
        if let Some(value) = value.filter(|v| !v.is_none() && v.downcast::<Str>().is_none()) {
            let got = value.ty().name();
            return raise!(
                py,
                TypeError,
                "TextIOWrapper() argument '{name}' must be str or None, not {got}"
            );
        }
    }
    if let Some(encoding) = encoding.and_then(|e| e.downcast::<Str>()) {
        as_c_text(py, encoding)?;
    }
    let settings = Settings {
        encoding: encoding.cloned().unwrap_or_else(Value::none),
        errors: errors.cloned().unwrap_or_else(Value::none),
        newline: Newline::of(py, newline)?,
        line_buffering: line_buffering.unwrap_or(false),
        write_through: write_through.unwrap_or(false),
    };
    open(py, this, buffer, settings)
}

fn open(py: Py, this: &This, buffer: &Value, settings: Settings) -> PyResult<()> {
    let encoding = if settings.encoding.is_none() || is_text(&settings.encoding, "locale") {
        default_encoding(py, &settings.encoding)?
    } else {
        settings.encoding
    };
    let errors = match settings.errors {
        errors if errors.is_none() => Value::from(Str::intern("strict")),
        errors if errors.downcast::<Str>().is_some() => errors,
        errors => {
            let got = errors.ty().name();
            return raise!(
                py,
                TypeError,
                "TextIOWrapper() argument 'errors' must be str or None, not {got}"
            );
        }
    };
    if let Some(text) = errors.downcast::<Str>() {
        as_c_text(py, text)?;
    }
    if encoding_flags(py)?.checks {
        let codecs = krait_object::hooks::import_module(py, "_codecs")?;
        let given = std::slice::from_ref(&errors);
        protocol::call_method(py, &codecs, intern!("lookup_error"), given)?;
    }
    let file = super::file_below(py, buffer);
    this.buffer.set(buffer.clone());
    this.newline.set(settings.newline);
    let abilities = Abilities::of(py, buffer, file.as_deref())?;
    set_codec(
        py,
        this,
        encoding,
        errors,
        abilities.reads,
        abilities.writes,
    )?;
    drop(this.file.replace(file));
    this.forget_decoded();
    this.forget_snapshot();
    this.pending.borrow_mut().clear();
    this.line_buffering.set(settings.line_buffering);
    this.write_through.set(settings.write_through);
    this.seekable.set(abilities.seeks);
    this.telling.set(abilities.seeks);
    this.has_read1.set(abilities.has_read1);
    this.chunk.set(super::CHUNK);
    this.ratio.set(0.0);
    this.state.set(State::Ready);
    fix_encoder(py, this)
}

/// What a buffer can do.
struct Abilities {
    reads: bool,
    writes: bool,
    seeks: bool,
    has_read1: bool,
}

impl Abilities {
    /// Asks the buffer; `file` is the raw file below, where all layers are this crate's.
    fn of(py: Py, buffer: &Value, file: Option<&crate::fileio::This>) -> PyResult<Abilities> {
        if let Some(file) = file.filter(|f| !f.is_closed())
            && let Some((reads, writes)) =
                super::native_buffer(py, buffer, intern!("readable"), |_, core| {
                    (
                        core.readable() && file.mode().readable,
                        core.writable() && file.mode().writable,
                    )
                })
        {
            return Ok(Abilities {
                reads,
                writes,
                seeks: file.can_seek(py)?,
                has_read1: true,
            });
        }
        Ok(Abilities {
            reads: ask(py, buffer, intern!("readable"))?,
            writes: ask(py, buffer, intern!("writable"))?,
            seeks: ask(py, buffer, intern!("seekable"))?,
            has_read1: protocol::lookup_attr(py, buffer, intern!("read1"))?.is_some(),
        })
    }
}

/// Makes decoder and encoder.
fn set_codec(
    py: Py,
    this: &This,
    encoding: Value,
    errors: Value,
    reads: bool,
    writes: bool,
) -> PyResult<()> {
    let newline = this.newline.get();
    let (universal, translate) = (newline.is_universal(), newline == Newline::Translate);
    let text = |value: &Value| {
        value
            .downcast::<Str>()
            .map(|s| s.to_rust().into_owned())
            .unwrap_or_default()
    };
    let (decoder, encoder) = match NativeCodec::named(&text(&encoding), &text(&errors)) {
        Some(native) => (
            reads.then(|| Decoder::native(native, universal, translate)),
            writes.then_some(Encoder::Native(native)),
        ),
        None => {
            if text(&encoding).contains('\0') || text(&errors).contains('\0') {
                return raise!(py, ValueError, "embedded null character");
            }
            let info = codec::lookup(py, &encoding)?;
            let make = |name| {
                let class = protocol::get_attr(py, &info, name)?;
                protocol::call(py, &class, std::slice::from_ref(&errors))
            };
            let decoder = match reads {
                true => Some(Decoder::object(
                    py,
                    make(intern!("incrementaldecoder"))?,
                    universal,
                    translate,
                )),
                false => None,
            };
            let encoder = if writes {
                Some(Encoder::Object(make(intern!("incrementalencoder"))?))
            } else {
                None
            };
            (decoder, encoder)
        }
    };
    drop(this.decoder.replace(decoder));
    drop(this.encoder.replace(encoder));
    this.encoding.set(encoding);
    this.errors.set(errors);
    Ok(())
}

/// Tells the encoder when it does not begin at the stream's start.
fn fix_encoder(py: Py, this: &This) -> PyResult<()> {
    let encoder = this.encoder.borrow().clone();
    let (Some(encoder @ Encoder::Object(_)), true) = (encoder, this.seekable.get()) else {
        return Ok(());
    };
    let position = call0(py, &this.buffer.value(), intern!("tell"))?;
    if !protocol::equal(py, &position, &Value::int(0))? {
        encoder.at_start(py, false)?;
    }
    Ok(())
}

/// A flag of `reconfigure`, which None leaves as it is.
fn new_flag(py: Py, value: Option<&Value>, old: bool) -> PyResult<bool> {
    match value.filter(|v| !v.is_none()) {
        None => Ok(old),
        Some(value) => Ok(protocol::number::to_index(py, value, &exceptions::OverflowError)? != 0),
    }
}

pub(super) fn reconfigure(
    py: Py,
    this: &This,
    encoding: Option<Value>,
    errors: Option<Value>,
    newline: Option<Value>,
    line_buffering: Option<Value>,
    write_through: Option<Value>,
) -> PyResult<()> {
    this.check_ready(py)?;
    let (encoding, errors) = (
        encoding.filter(|v| !v.is_none()),
        errors.filter(|v| !v.is_none()),
    );
    for (name, value) in [("encoding", &encoding), ("errors", &errors)] {
        if let Some(value) = value.as_ref().filter(|v| v.downcast::<Str>().is_none()) {
            let got = value.ty().name();
            return raise!(
                py,
                TypeError,
                "reconfigure() argument '{name}' must be str or None, not {got}"
            );
        }
    }
    for value in [&encoding, &errors].into_iter().flatten() {
        if let Some(text) = value.downcast::<Str>() {
            text.to_utf8(py)?;
        }
    }
    let began = this.decoded.borrow().is_some() || this.snapshot.borrow().is_some();
    if began && (encoding.is_some() || errors.is_some() || newline.is_some()) {
        return unsupported(
            py,
            "It is not possible to set the encoding or newline of stream after the first read",
        );
    }
    let new_newline = match &newline {
        None => this.newline.get(),
        Some(value) => Newline::of(py, Some(value))?,
    };
    let line_buffering = new_flag(py, line_buffering.as_ref(), this.line_buffering.get())?;
    let write_through = new_flag(py, write_through.as_ref(), this.write_through.get())?;
    call0(py, &me(this.as_object()), intern!("flush"))?;
    this.ratio.set(0.0);
    let changed = newline.is_some() && new_newline != this.newline.get();
    this.newline.set(new_newline);
    if encoding.is_some() || errors.is_some() || changed {
        let errors = match (&encoding, errors) {
            (_, Some(errors)) => errors,
            (None, None) => this.errors.value(),
            (Some(_), None) => Value::from(Str::intern("strict")),
        };
        let encoding = match encoding {
            Some(locale) if is_text(&locale, "locale") => default_encoding(py, &locale)?,
            Some(encoding) => encoding,
            None => this.encoding.value(),
        };
        let (reads, writes) = (
            this.decoder.borrow().is_some(),
            this.encoder.borrow().is_some(),
        );
        set_codec(py, this, encoding, errors, reads, writes)?;
        fix_encoder(py, this)?;
    }
    this.line_buffering.set(line_buffering);
    this.write_through.set(write_through);
    Ok(())
}

/// A repr like `<_io.TextIOWrapper name='x' mode='r' encoding='UTF-8'>`.
pub(super) fn repr(py: Py, this: &This) -> PyResult<String> {
    this.check_ready_for_repr(py)?;
    let object = me(this.as_object());
    let _guard = crate::base::enter_repr(py, this.as_object())?;
    let mut text = format!("<{}", this.as_object().ty().name());
    for name in ["name", "mode"] {
        if let Some(value) = raw_call::attribute_or_none(py, &object, krait_object_name(name))? {
            text.push_str(&format!(
                " {name}={}",
                protocol::repr(py, &value)?.to_rust()
            ));
        }
    }
    let encoding = protocol::repr(py, &this.encoding.value())?;
    Ok(format!("{text} encoding={}>", encoding.to_rust()))
}

fn krait_object_name(name: &str) -> &'static Str {
    if name == "name" {
        intern!("name")
    } else {
        intern!("mode")
    }
}

impl TextWrapper {
    fn check_ready_for_repr(&self, py: Py) -> PyResult<()> {
        if self.state.get() == State::New {
            self.check_ready(py)
        } else {
            Ok(())
        }
    }
}
