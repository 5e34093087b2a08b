//! Settings of a parser: attributes and methods that change how it reports.

use krait_object::native::TypeBuilder;
use krait_object::{Object, Py, PyResult, Str, Value, protocol, raise};

use super::dispatch;
use super::object::{XmlParser, is_int, refuse, too_late};
use crate::expat::{Amplification, Limit, Parser};

/// A setter's value; deleting is refused.
fn given(py: Py, value: Option<&Object>) -> PyResult<Value> {
    match value {
        Some(value) => Ok(Value::unboxed(value)),
        None => raise!(py, RuntimeError, "Cannot delete attribute"),
    }
}

fn set_buffer_text(py: Py, this: &XmlParser, value: Option<&Object>) -> PyResult<()> {
    let on = protocol::truth(py, &given(py, value)?)?;
    if !on {
        dispatch::flush(py, this)?;
    }
    let mut buffer = this.buffer.borrow_mut();
    match (on, buffer.is_some()) {
        (true, false) => *buffer = Some(String::new()),
        (false, true) => *buffer = None,
        _ => {}
    }
    Ok(())
}

fn set_buffer_size(py: Py, this: &XmlParser, value: Option<&Object>) -> PyResult<()> {
    let value = given(py, value)?;
    if !is_int(&value) {
        return raise!(py, TypeError, "buffer_size must be an integer");
    }
    let size = protocol::number::index_to_i128(py, &value)?.unwrap_or(i128::MAX);
    if i64::try_from(size).is_err() {
        return raise!(
            py,
            OverflowError,
            "Python int too large to convert to C long"
        );
    }
    if size <= 0 {
        return raise!(py, ValueError, "buffer_size must be greater than zero");
    }
    if size > i128::from(i32::MAX) {
        return raise!(
            py,
            ValueError,
            "buffer_size must not be greater than {}",
            i32::MAX
        );
    }
    if size as usize != this.buffer_size.get() {
        dispatch::flush(py, this)?;
        this.buffer_size.set(size as usize);
    }
    Ok(())
}

fn set_triplets(py: Py, this: &XmlParser, value: Option<&Object>) -> PyResult<()> {
    let on = protocol::truth(py, &given(py, value)?)?;
    if let Some(namespaces) = &mut this.parser.borrow_mut().namespaces {
        namespaces.triplets = on;
    }
    Ok(())
}

fn place(this: &XmlParser) -> (u64, u64, i64) {
    let (line, column, byte) = this.parser.borrow().position();
    (line, column, byte.map_or(-1, |b| b as i64))
}

fn set_base(_py: Py, this: &XmlParser, base: String) {
    this.parser.borrow_mut().base = Some(base);
}

fn set_parameter_parsing(_py: Py, this: &XmlParser, flag: i32) -> i64 {
    let mut parser = this.parser.borrow_mut();
    if parser.is_started() {
        return 0;
    }
    parser.parameter_parsing = flag;
    1
}

fn use_foreign_dtd(py: Py, this: &XmlParser, flag: Option<bool>) -> PyResult<()> {
    let mut parser = this.parser.borrow_mut();
    if parser.is_started() {
        drop(parser);
        return too_late(py, this);
    }
    parser.foreign_dtd = flag.unwrap_or(true);
    Ok(())
}

/// Only the parser of the document itself counts what entities come to.
fn check_root(py: Py, parser: &Parser) -> PyResult<()> {
    if parser.is_root() {
        Ok(())
    } else {
        refuse(py, "parser must be a root parser")
    }
}

/// Which of a document's limits a method is about.
type Which = fn(&mut Amplification) -> &mut Limit;

fn set_threshold(py: Py, this: &XmlParser, threshold: &Value, which: Which) -> PyResult<()> {
    if !is_int(threshold) {
        let got = threshold.ty().name();
        return raise!(
            py,
            TypeError,
            "'{got}' object cannot be interpreted as an integer"
        );
    }
    let number = protocol::number::index_to_i128(py, threshold)?;
    if number.is_some_and(|n| n < 0) {
        return raise!(py, ValueError, "Cannot convert negative int");
    }
    let Some(number) = number.and_then(|n| u64::try_from(n).ok()) else {
        return raise!(
            py,
            OverflowError,
            "Python int too large for C unsigned long long"
        );
    };
    let parser = this.parser.borrow();
    check_root(py, &parser)?;
    which(&mut parser.amplification.borrow_mut()).threshold = number;
    Ok(())
}

fn set_factor(py: Py, this: &XmlParser, max_factor: f64, which: Which) -> PyResult<()> {
    let parser = this.parser.borrow();
    check_root(py, &parser)?;
    if max_factor.is_nan() || max_factor < 1.0 {
        return refuse(py, "'max_factor' must be at least 1.0");
    }
    which(&mut parser.amplification.borrow_mut()).factor = max_factor;
    Ok(())
}

/// The methods and attributes.
pub fn define(b: &mut TypeBuilder<XmlParser>) {
    type This = XmlParser;
    b.method_doc(
        "SetBase($self, base, /)",
        "Set the base URL for the parser.",
        set_base,
    )
    .method_doc(
        "GetBase($self, /)",
        "Return base URL string for the parser.",
        |_py: Py, this: &This| this.parser.borrow().base.as_deref().map(Str::new),
    )
    .method_doc(
        "SetParamEntityParsing($self, flag, /)",
        "Controls parsing of parameter entities (including the external DTD subset).\n\n\
         Possible flag values are XML_PARAM_ENTITY_PARSING_NEVER,\n\
         XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and\n\
         XML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag\nwas successful.",
        set_parameter_parsing,
    )
    .method_doc(
        "UseForeignDTD($self, flag=True, /)",
        "Allows the application to provide an artificial external subset if one is not \
         specified as part of the document instance.\n\n\
         This readily allows the use of a 'default' document type controlled\n\
         by the application, while still getting the advantage of providing\n\
         document type information to the parser.  'flag' defaults to True if\nnot provided.",
        use_foreign_dtd,
    )
    .method_doc(
        "SetReparseDeferralEnabled($self, enabled, /)",
        "Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.",
        |_py: Py, this: &This, enabled: bool| this.parser.borrow_mut().deferral = enabled,
    )
    .method_doc(
        "GetReparseDeferralEnabled($self, /)",
        "Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0.",
        |_py: Py, this: &This| this.parser.borrow().deferral,
    )
    .method(
        "SetBillionLaughsAttackProtectionActivationThreshold($self, threshold, /)",
        |py: Py, this: &This, threshold: &Value| {
            set_threshold(py, this, threshold, |all| &mut all.expansion)
        },
    )
    .method(
        "SetBillionLaughsAttackProtectionMaximumAmplification($self, max_factor, /)",
        |py: Py, this: &This, factor: f64| set_factor(py, this, factor, |all| &mut all.expansion),
    )
    .method(
        "SetAllocTrackerActivationThreshold($self, threshold, /)",
        |py: Py, this: &This, threshold: &Value| {
            set_threshold(py, this, threshold, |all| &mut all.memory)
        },
    )
    .method(
        "SetAllocTrackerMaximumAmplification($self, max_factor, /)",
        |py: Py, this: &This, factor: f64| set_factor(py, this, factor, |all| &mut all.memory),
    );
    b.getter("ErrorCode", |_py, this: &This| {
        this.parser.borrow().error.number()
    })
    .getter("ErrorLineNumber", |_py, this: &This| place(this).0)
    .getter("ErrorColumnNumber", |_py, this: &This| place(this).1)
    .getter("ErrorByteIndex", |_py, this: &This| place(this).2)
    .getter("CurrentLineNumber", |_py, this: &This| place(this).0)
    .getter("CurrentColumnNumber", |_py, this: &This| place(this).1)
    .getter("CurrentByteIndex", |_py, this: &This| place(this).2)
    .getter("intern", |_py, this: &This| this.intern.clone())
    .getter("buffer_used", |_py, this: &This| {
        this.buffer.borrow().as_ref().map_or(0, String::len)
    })
    .getset(
        "buffer_size",
        |_py: Py, this: &This| this.buffer_size.get(),
        set_buffer_size,
    )
    .getset(
        "buffer_text",
        |_py: Py, this: &This| this.buffer.borrow().is_some(),
        set_buffer_text,
    )
    .getset(
        "namespace_prefixes",
        |_py: Py, this: &This| {
            let parser = this.parser.borrow();
            parser.namespaces.as_ref().is_some_and(|ns| ns.triplets)
        },
        set_triplets,
    )
    .getset(
        "ordered_attributes",
        |_py: Py, this: &This| this.ordered.get(),
        |py, this, value| {
            this.ordered.set(protocol::truth(py, &given(py, value)?)?);
            Ok(())
        },
    )
    .getset(
        "specified_attributes",
        |_py: Py, this: &This| this.specified.get(),
        |py, this, value| {
            this.specified.set(protocol::truth(py, &given(py, value)?)?);
            Ok(())
        },
    );
}
