//! Channels on their way to another interpreter: IDs, and objects of the classes that a
//! program has registered for the two ends.

use std::cell::RefCell;

use krait_object::Layout as _;
use krait_object::{
    Instance, InterpreterCell, Owned, Py, PyResult, Str, Type, Value, intern, protocol, raise,
};

use super::{ChannelId, End};
use crate::queues::class_argument;

/// The classes of the current interpreter.
#[derive(Default)]
struct Registered {
    send: RefCell<Option<Owned<Type>>>,
    receive: RefCell<Option<Owned<Type>>>,
}

static REGISTERED: InterpreterCell<Registered> = InterpreterCell::new(Registered::default);

/// `_register_end_types`
pub fn register(py: Py, send: &Value, receive: &Value) -> PyResult<()> {
    let (send, receive) = (class_argument(py, send)?, class_argument(py, receive)?);
    let registered = REGISTERED.get(py);
    drop(registered.send.replace(Some(send)));
    drop(registered.receive.replace(Some(receive)));
    Ok(())
}

fn class_of(py: Py, end: End) -> Option<Owned<Type>> {
    let registered = REGISTERED.get(py);
    match end {
        End::Both => None,
        End::Send => registered.send.borrow().clone(),
        End::Receive => registered.receive.borrow().clone(),
    }
}

fn end_of_object(py: Py, value: &Value) -> Option<End> {
    [End::Send, End::Receive].into_iter().find(|&end| {
        class_of(py, end).is_some_and(|class| std::ptr::eq::<Type>(value.ty(), &*class))
    })
}

/// Whether a value is a channel's ID or an object of a registered class.
pub fn is_channel(py: Py, value: &Value) -> bool {
    value.downcast_exact::<Instance<ChannelId>>().is_some() || end_of_object(py, value).is_some()
}

/// A channel that is on its way; the ID keeps it.
pub struct EndRef {
    id: Value,
    number: i64,
    end: End,
    /// The other interpreter makes an object of its class for the end, which this module has
    /// registered.
    module: Option<String>,
}

impl EndRef {
    pub fn make(&self, py: Py) -> PyResult {
        let _kept = &self.id;
        let id = ChannelId::make(py, self.number, self.end, true)?;
        let Some(module) = &self.module else {
            return Ok(id);
        };
        if class_of(py, self.end).is_none() {
            krait_stdlib_core::import::import_module(py, module)?;
        }
        match class_of(py, self.end) {
            Some(class) => protocol::call(py, &Value::from(class), &[id]),
            None => Ok(id),
        }
    }
}

/// What goes to another interpreter of a channel.
pub fn data_of(py: Py, value: &Value) -> PyResult<Option<EndRef>> {
    let is_end = end_of_object(py, value).is_some();
    let id = match is_end {
        true => protocol::get_attr(py, value, intern!("_id"))?,
        false => value.clone(),
    };
    let Some(body) = id.downcast::<Instance<ChannelId>>() else {
        if !is_end {
            return Ok(None);
        }
        let got = id.ty().name();
        return raise!(
            py,
            TypeError,
            "'_id' attribute must be an _interpchannels.ChannelID object, not {got}"
        );
    };
    let module = match is_end {
        true => {
            let class = Value::from(value.ty().to_owned());
            let module = protocol::get_attr(py, &class, intern!("__module__"))?;
            module.downcast::<Str>().map(|m| m.to_rust().into_owned())
        }
        false => None,
    };
    Ok(Some(EndRef {
        number: body.id,
        end: body.end,
        id: id.clone(),
        module,
    }))
}
