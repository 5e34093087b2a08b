//! What becomes of faults: built-in policies by name, and handlers that programs
//! register, which get a UnicodeError object.

use krait_object::{
    Bytes, Owned, Py, PyResult, Raised, Str, Tuple, Type, Value, exceptions, intern, protocol,
    raise,
};
use krait_text::Chars;
use krait_text::codecs::{CodecError, Decoded, Fault, Handled, Policy, SurrogateForm};

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

/// A registered handler, the exception it gets, and the exception's `object`.
struct Custom {
    handler: Value,
    exception: Value,
    object: Value,
}

/// The bytes to go on with, and where.
struct Switch {
    object: Owned<Bytes>,
    at: usize,
}

/// The errors of one conversion, as its handler and afterwards its result.
pub struct Faults<'a> {
    py: Py,
    encoding: &'static str,
    errors: &'a str,
    policy: Option<Policy>,
    input: Input<'a>,
    /// Where the input's part that is converted now begins.
    base: usize,
    /// What a program registered, from the first fault on.
    custom: Option<Custom>,
    /// The handler wants to go on with other bytes than these.
    switch: Option<Switch>,
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
            base: 0,
            custom: None,
            switch: None,
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
            self.refused = Some(self.left_over(*fault));
        }
        handled
    }

    /// A fault without the characters at its start that stand for bytes: those could have
    /// been escaped.
    fn left_over(&self, mut fault: Fault) -> Fault {
        if let (Some(Policy::SurrogateEscape), Input::Text(text)) = (self.policy, self.input) {
            let chars = text.chars();
            let is_byte = |code| (0xdc80..=0xdcff).contains(&code);
            while fault.start < fault.end && chars.get(fault.start).is_some_and(is_byte) {
                fault.start += 1;
            }
        }
        fault
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
            Value::int((self.base + fault.start) as i64),
            Value::int((self.base + fault.end) as i64),
            Value::from(Str::new(fault.reason)),
        ];
        let class = Value::from(krait_object::Layout::to_owned(class));
        protocol::call(self.py, &class, &arguments)
    }

    /// Asks the handler that a program registered.
    fn ask(&mut self, fault: &Fault) -> PyResult<Handled> {
        let py = self.py;
        if let Some(custom) = &self.custom {
            let exception = &custom.exception;
            let start = Value::int((self.base + fault.start) as i64);
            protocol::set_attr(py, exception, intern!("start"), &start)?;
            let end = Value::int((self.base + fault.end) as i64);
            protocol::set_attr(py, exception, intern!("end"), &end)?;
            let reason = Value::from(Str::new(fault.reason));
            protocol::set_attr(py, exception, intern!("reason"), &reason)?;
        } else {
            let handler = registry::find_handler(py, self.errors)?;
            let exception = self.exception(fault)?;
            self.custom = Some(Custom {
                object: protocol::get_attr(py, &exception, intern!("object"))?,
                handler,
                exception,
            });
        }
        let Some(custom) = &self.custom else {
            return Ok(Handled::Fail);
        };
        let exception = custom.exception.clone();
        let answer = protocol::call(py, &custom.handler, std::slice::from_ref(&exception))?;
        let Input::Bytes(all) = self.input else {
            return self.read_answer(&answer, None);
        };
        let object = protocol::get_attr(py, &exception, intern!("object"))?;
        let Some(bytes) = object.downcast::<Bytes>() else {
            return raise!(
                py,
                TypeError,
                "UnicodeError 'object' attribute must be a bytes"
            );
        };
        let handled = self.read_answer(&answer, Some(bytes.len()))?;
        let same = object.is(&custom.object);
        match handled {
            Handled::Replace(text, at) if same && at >= self.base => {
                Ok(Handled::Replace(text, at - self.base))
            }
            Handled::Replace(text, at) => {
                // This part ends here; `decoding` goes on with the other.
                self.switch = Some(Switch {
                    object: krait_object::Layout::to_owned(bytes),
                    at,
                });
                if let Some(custom) = &mut self.custom {
                    custom.object = object.clone();
                }
                Ok(Handled::Replace(text, all.len() - self.base))
            }
            other => Ok(other),
        }
    }

    /// The answer of a handler: replacement and where to go on.
    fn read_answer(&self, answer: &Value, bytes: Option<usize>) -> PyResult<Handled> {
        let py = self.py;
        let (decoding, len) = match self.input {
            Input::Bytes(all) => (true, bytes.unwrap_or(all.len())),
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
                (Some(text), _) => Handled::Replace(text.code_points().collect(), at),
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

/// Runs a decoder, which is given another input where an error handler exchanges it; how many
/// bytes were used.
pub fn decoding(
    py: Py,
    encoding: &'static str,
    errors: Option<&str>,
    bytes: &[u8],
    mut run: impl FnMut(&[u8], &mut krait_text::codecs::Handler<'_>) -> Decoded,
) -> PyResult<usize> {
    let mut faults = Faults::new(py, encoding, errors, Input::Bytes(bytes));
    let result = run(bytes, &mut |fault| faults.handle(fault));
    let (mut custom, mut switch) = (faults.custom.take(), faults.switch.take());
    let mut used = faults.finish(result)?;
    while let Some(Switch { object, at }) = switch {
        let all = object.as_slice();
        let mut faults = Faults::new(py, encoding, errors, Input::Bytes(all));
        faults.base = at;
        faults.custom = custom;
        let result = run(&all[at..], &mut |fault| faults.handle(fault));
        (custom, switch) = (faults.custom.take(), faults.switch.take());
        used = at + faults.finish(result)?;
    }
    Ok(used)
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
pub fn decoded_pair(text: Owned<Str>, used: usize) -> Value {
    Value::from(Tuple::from_values([
        Value::from(text),
        Value::int(used as i64),
    ]))
}
