//! `ChannelID`: stands for a channel, or one of its ends, and keeps it.

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::CompareOp;
use krait_object::types::complex::Complex;
use krait_object::types::sequence::not_implemented;
use krait_object::{
    Builtin, Float, Int, Layout, Object, Py, PyResult, Value, class_cell, gil, protocol, raise,
};

use super::{End, Wrong, fail, remove, with_all};
use crate::interpreters::id_of;

pub struct ChannelId {
    pub id: i64,
    pub end: End,
}

type This = Instance<ChannelId>;

/// A channel's number from what names it.
pub fn of_value(py: Py, value: &Value) -> PyResult<i64> {
    match value.downcast::<This>() {
        Some(id) => Ok(id.id),
        None => id_of(py, value, "channel"),
    }
}

impl ChannelId {
    /// An object for a channel, which may be missing only where that is `forced`.
    pub fn make(py: Py, id: i64, end: End, forced: bool) -> PyResult {
        let found = with_all(py, |channels| {
            let channel = channels.all.iter_mut().find(|c| c.id == id);
            channel.map(|channel| channel.objects += 1).is_some()
        });
        if !found && !forced {
            return fail(py, id, Wrong::Missing);
        }
        let body = ChannelId { id, end };
        Instance::new_in(py, This::type_object(), body).map(Value::from)
    }
}

impl Drop for ChannelId {
    fn drop(&mut self) {
        let id = self.id;
        gil::with_gil(|py| {
            let left = with_all(py, |channels| {
                let channel = channels.all.iter_mut().find(|c| c.id == id)?;
                channel.objects -= 1;
                Some(channel.objects)
            });
            if left == Some(0) {
                drop(remove(py, id));
            }
        });
    }
}

fn compare(py: Py, this: &This, other: &Object, op: CompareOp) -> PyResult {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(not_implemented()),
    };
    let equal = if let Some(other) = other.downcast::<This>() {
        this.id == other.id && this.end == other.end
    } else if other.downcast::<Int>().is_some()
        || other.downcast::<Float>().is_some()
        || other.downcast::<Complex>().is_some()
    {
        let other = Value::from(Layout::to_owned(other));
        protocol::equal(py, &Value::int(this.id), &other)?
    } else {
        return Ok(not_implemented());
    };
    Ok(Value::bool(equal == wanted))
}

impl Class for ChannelId {
    const NAME: &'static str = "_interpchannels.ChannelID";
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.no_constructor()
            .doc("A channel ID identifies a channel and may be used as an int.")
            .repr(|_py, this: &This| match this.end {
                End::Both => format!("ChannelID({})", this.id),
                End::Send => format!("ChannelID({}, send=True)", this.id),
                End::Receive => format!("ChannelID({}, recv=True)", this.id),
            })
            .str(|_py, this: &This| this.id.to_string())
            .hash(|_py, this: &This| Ok(this.id))
            .compare(compare)
            .int(|_py, this: &This| this.id)
            .index(|_py, this: &This| this.id)
            .getter("end", |_py, this: &This| match this.end {
                End::Both => "both",
                End::Send => "send",
                End::Receive => "recv",
            })
            .getter("send", |py: Py, this: &This| {
                ChannelId::make(py, this.id, End::Send, true)
            })
            .getter("recv", |py: Py, this: &This| {
                ChannelId::make(py, this.id, End::Receive, true)
            });
    }
}

/// `_channel_id`
pub fn channel_id(
    py: Py,
    id: &Value,
    send: Option<bool>,
    receive: Option<bool>,
    force: Option<bool>,
    _resolve: Option<bool>,
) -> PyResult {
    let id = of_value(py, id)?;
    let end = match (send, receive) {
        (Some(false), Some(false)) => {
            return raise!(py, ValueError, "'send' and 'recv' cannot both be False");
        }
        (Some(true), Some(false) | None) => End::Send,
        (Some(false) | None, Some(true)) => End::Receive,
        _ => End::Both,
    };
    ChannelId::make(py, id, end, force.unwrap_or(false))
}
