//! What becomes of faults: built-in policies by name, and handlers that programs
//! register, which get a UnicodeError object.

use krait_object::{
    Bytes, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, exceptions, intern, protocol,
    raise,
};
use krait_text::codecs::{CodecError, Fault, Handled, Policy, SurrogateForm};
use krait_text::{Chars, Text};

use super::registry;

/// How an encoding's name, in any spelling, writes surrogates.
pub fn surrogate_form(encoding: &str) -> SurrogateForm {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    let Some(rest) = name.strip_prefix("utf") else {
        return SurrogateForm::None;
    };
    match rest.strip_prefix('-').unwrap_or(rest) {
        "8" => SurrogateForm::Utf8,
        "16" | "16-le" | "16le" => SurrogateForm::Utf16Le,
        "16-be" | "16be" => SurrogateForm::Utf16Be,
        "32" | "32-le" | "32le" => SurrogateForm::Utf32Le,
        "32-be" | "32be" => SurrogateForm::Utf32Be,
        _ => SurrogateForm::None,
    }
}

/// What is converted when a fault occurs.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    Bytes(&'a [u8]),
    Text(&'a Str),
}

/// The errors of one conversion, as its handler and afterwards its result.
pub struct Faults<'a> {
    py: Py,
    encoding: &'static str,
    errors: &'a str,
    policy: Option<Policy>,
    input: Input<'a>,
    /// The registered handler and the exception it gets, from the first fault on.
    custom: Option<(Value, Value)>,
    /// The fault that a policy gave up at.
    refused: Option<Fault>,
    raised: bool,
}

impl<'a> Faults<'a> {
    pub fn new(
        py: Py,
        encoding: &'static str,
        errors: Option<&'a str>,
        input: Input<'a>,
    ) -> Faults<'a> {
        let errors = errors.unwrap_or("strict");
        let policy = Policy::named(errors);
        Faults {
            py,
            encoding,
            errors,
            policy,
            input,
            custom: None,
            refused: None,
            raised: false,
        }
    }

    /// Decides about a fault.
    pub fn handle(&mut self, fault: &Fault) -> Handled {
        let handled = match (self.policy, self.input) {
            (Some(policy), Input::Bytes(bytes)) => {
                policy.decode(bytes, fault, surrogate_form(self.encoding))
            }
            (Some(policy), Input::Text(text)) => {
                policy.encode(text.chars(), fault, surrogate_form(self.encoding))
            }
            (None, _) => match self.ask(fault) {
                Ok(handled) => handled,
                Err(Raised) => {
                    self.raised = true;
                    return Handled::Fail;
                }
            },
        };
        if handled == Handled::Fail {
            self.refused = Some(*fault);
        }
        handled
    }

    /// The conversion's result with the exception raised where it failed.
    pub fn finish<T>(self, result: Result<T, CodecError>) -> PyResult<T> {
        let fault = match result {
            Ok(value) => return Ok(value),
            Err(CodecError::Fault(fault)) => fault,
            Err(CodecError::Handler) if self.raised => return Err(Raised),
            Err(CodecError::Handler) => match self.refused {
                Some(fault) => fault,
                // A look-up in a mapping failed.
                None if self.py.thread().has_exception() => return Err(Raised),
                None => return raise!(self.py, SystemError, "a codec failed without a fault"),
            },
        };
        match self.exception(&fault) {
            Ok(exception) => Err(krait_object::errors::raise_object(
                self.py,
                exception.into_object(),
            )),
            Err(raised) => Err(raised),
        }
    }

    /// A UnicodeError object for a fault.
    fn exception(&self, fault: &Fault) -> PyResult {
        let (class, object): (&Type, Value) = match self.input {
            Input::Bytes(bytes) => (
                &exceptions::UnicodeDecodeError,
                Value::from(Bytes::new(bytes)),
            ),
            Input::Text(text) => (
                &exceptions::UnicodeEncodeError,
                Value::from(text.to_owned_str()),
            ),
        };
        let arguments = [
            Value::from(Str::new(self.encoding)),
            object,
            Value::int(fault.start as i64),
            Value::int(fault.end as i64),
            Value::from(Str::new(fault.reason)),
        ];
        let class = Value::from(krait_object::Layout::to_owned(class));
        protocol::call(self.py, &class, &arguments)
    }

    /// Asks the handler that a program registered.
    fn ask(&mut self, fault: &Fault) -> PyResult<Handled> {
        let py = self.py;
        if self.custom.is_none() {
            let handler = registry::find_handler(py, self.errors)?;
            self.custom = Some((handler, self.exception(fault)?));
        } else if let Some((_, exception)) = &self.custom {
            protocol::set_attr(
                py,
                exception,
                intern!("start"),
                &Value::int(fault.start as i64),
            )?;
            protocol::set_attr(py, exception, intern!("end"), &Value::int(fault.end as i64))?;
            protocol::set_attr(
                py,
                exception,
                intern!("reason"),
                &Value::from(Str::new(fault.reason)),
            )?;
        }
        let Some((handler, exception)) = &self.custom else {
            return Ok(Handled::Fail);
        };
        let answer = protocol::call(py, handler, std::slice::from_ref(exception))?;
        self.read_answer(&answer)
    }

    /// The answer of a handler: replacement and where to go on.
    fn read_answer(&self, answer: &Value) -> PyResult<Handled> {
        let py = self.py;
        let (decoding, len) = match self.input {
            Input::Bytes(bytes) => (true, bytes.len()),
            Input::Text(text) => (false, text.len()),
        };
        let parts = answer.downcast::<Tuple>().filter(|t| t.len() == 2);
        let replacement = parts.and_then(|t| t.get(0));
        let position = parts.and_then(|t| t.get(1));
        let is_bytes = replacement
            .as_ref()
            .is_some_and(|r| r.downcast::<Bytes>().is_some());
        let is_text = replacement
            .as_ref()
            .is_some_and(|r| r.downcast::<Str>().is_some());
        let (Some(replacement), Some(position)) = (replacement, position) else {
            return wrong_answer(py, decoding);
        };
        if !is_text && (decoding || !is_bytes) || !protocol::number::is_index(&position) {
            return wrong_answer(py, decoding);
        }
        let given = protocol::number::to_index(py, &position, &exceptions::OverflowError)?;
        let at = if given < 0 {
            given.saturating_add(len as isize)
        } else {
            given
        };
        if at < 0 || at as usize > len {
            return raise!(
                py,
                IndexError,
                "position {at} from error handler out of bounds"
            );
        }
        let at = at as usize;
        Ok(
            match (
                replacement.downcast::<Str>(),
                replacement.downcast::<Bytes>(),
            ) {
                (Some(text), _) => Handled::Replace(text.chars().to_text(), at),
                (_, Some(bytes)) => Handled::ReplaceBytes(bytes.as_slice().to_vec(), at),
                _ => Handled::Fail,
            },
        )
    }
}

#[cold]
fn wrong_answer<T>(py: Py, decoding: bool) -> PyResult<T> {
    match decoding {
        true => raise!(
            py,
            TypeError,
            "decoding error handler must return (str, int) tuple"
        ),
        false => raise!(
            py,
            TypeError,
            "encoding error handler must return (str/bytes, int) tuple"
        ),
    }
}

/// Runs a decoder.
pub fn decoding<T>(
    py: Py,
    encoding: &'static str,
    errors: Option<&str>,
    bytes: &[u8],
    run: impl FnOnce(&mut krait_text::codecs::Handler<'_>) -> Result<T, CodecError>,
) -> PyResult<T> {
    let mut faults = Faults::new(py, encoding, errors, Input::Bytes(bytes));
    let result = run(&mut |fault| faults.handle(fault));
    faults.finish(result)
}

/// Runs an encoder.
pub fn encoding(
    py: Py,
    encoding: &'static str,
    errors: Option<&str>,
    text: &Str,
    run: impl FnOnce(Chars<'_>, &mut krait_text::codecs::Handler<'_>) -> Result<Vec<u8>, CodecError>,
) -> PyResult<Owned<Bytes>> {
    let mut faults = Faults::new(py, encoding, errors, Input::Text(text));
    let result = run(text.chars(), &mut |fault| faults.handle(fault));
    faults.finish(result).map(|bytes| Bytes::new(&bytes))
}

/// `(text, used)`.
pub fn decoded_pair(text: &Text, used: usize) -> Value {
    Value::from(Tuple::from_values([
        Value::from(Str::from_text(text)),
        Value::int(used as i64),
    ]))
}
