//! `ChannelInfo`: what a channel looks like at the moment.

use std::cell::OnceCell;

use krait_object::types::structseq::{self, Description};
use krait_object::{GilCell, Py, PyResult, Type, Value};

use super::{Hold, Open, id, or_fail, with};

const FIELDS: &[(&str, &str)] = &[
    ("open", "both ends are open"),
    ("closing", "send is closed, recv is non-empty"),
    ("closed", "both ends are closed"),
    ("count", "queued objects"),
    ("num_interp_send", "interpreters bound to the send end"),
    (
        "num_interp_send_released",
        "interpreters bound to the send end and released",
    ),
    ("num_interp_recv", "interpreters bound to the recv end"),
    (
        "num_interp_recv_released",
        "interpreters bound to the recv end and released",
    ),
    ("num_interp_both", "interpreters bound to both ends"),
    (
        "num_interp_both_released",
        "interpreters bound to both ends and released_from_both",
    ),
    (
        "num_interp_both_send_released",
        "interpreters bound to both ends and released_from_the send end",
    ),
    (
        "num_interp_both_recv_released",
        "interpreters bound to both ends and released_from_the recv end",
    ),
    (
        "send_associated",
        "current interpreter is bound to the send end",
    ),
    (
        "send_released",
        "current interpreter *was* bound to the send end",
    ),
    (
        "recv_associated",
        "current interpreter is bound to the recv end",
    ),
    (
        "recv_released",
        "current interpreter *was* bound to the recv end",
    ),
];

pub fn class(py: Py) -> &'static Type {
    static CLASS: GilCell<OnceCell<&'static Type>> = GilCell::new(OnceCell::new());
    CLASS.get(py).get_or_init(|| {
        structseq::make_type(Description {
            name: "_interpchannels.ChannelInfo",
            doc: "ChannelInfo\n\nA named tuple of a channel's state.",
            fields: FIELDS,
            visible: 8,
            constructible: true,
        })
    })
}

/// How many interpreters are bound how: to the send end alone, to the other alone, to both;
/// each bound still, or released.
fn counts(channel: &Open) -> [i64; 8] {
    let [mut send, mut receive, mut both] = [[0; 2]; 3];
    let [mut send_released, mut receive_released] = [0; 2];
    for hold in &channel.senders {
        send[usize::from(!hold.open)] += 1;
    }
    for hold in &channel.receivers {
        let mut senders = channel.senders.iter();
        match senders.find(|s| s.interpreter == hold.interpreter) {
            None => receive[usize::from(!hold.open)] += 1,
            Some(sender) => {
                send[usize::from(!sender.open)] -= 1;
                match (sender.open, hold.open) {
                    (true, true) => both[0] += 1,
                    (false, false) => both[1] += 1,
                    (false, true) => send_released += 1,
                    (true, false) => receive_released += 1,
                }
            }
        }
    }
    [
        send[0],
        send[1],
        receive[0],
        receive[1],
        both[0],
        both[1],
        send_released,
        receive_released,
    ]
}

/// Whether the interpreter is bound to an end, and whether it was.
fn own(holds: &[Hold], interpreter: i64) -> [bool; 2] {
    let own = holds.iter().find(|h| h.interpreter == interpreter);
    own.map_or([false; 2], |hold| [hold.open, !hold.open])
}

/// `get_info`
pub fn get_info(py: Py, id: &Value) -> PyResult {
    let id = id::of_value(py, id)?;
    let me = py.thread().interpreter.get();
    let values = with(py, id, |channel| {
        let Some(channel) = channel.open.as_ref().filter(|c| c.open) else {
            let shown = [Value::bool(false), Value::bool(false), Value::bool(true)];
            let mut values = Vec::from(shown);
            values.extend((0..9).map(|_| Value::int(0)));
            values.extend((0..4).map(|_| Value::bool(false)));
            return Ok(values);
        };
        let mut values = vec![
            Value::bool(!channel.closing),
            Value::bool(channel.closing),
            Value::bool(false),
            Value::int(channel.items.len() as i64),
        ];
        values.extend(counts(channel).map(Value::int));
        values.extend(own(&channel.senders, me).map(Value::bool));
        values.extend(own(&channel.receivers, me).map(Value::bool));
        Ok(values)
    });
    let values = or_fail(py, id, values)?;
    structseq::make(py, class(py), values).map(Value::from)
}
