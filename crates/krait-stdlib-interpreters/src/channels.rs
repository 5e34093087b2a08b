//! `_interpchannels`: channels, whose two ends interpreters take hold of by using them.
//!
//! What always holds: an interpreter that has ended has let go of its ends, and its items are
//! treated as their send asked for, before anybody looks at the channel again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use krait_object::Layout as _;
use krait_object::native::module::NativeModule;
use krait_object::types::memoryview::MemoryView;
use krait_object::{
    Builtin, GilCell, Instance, InterpreterCell, List, ModuleBuilder, Owned, Py, PyResult, Tuple,
    Type, Value, exceptions, hooks, interpreter, raise,
};

mod end;
mod id;
mod info;

pub use end::{EndRef, data_of, is_channel};
use id::ChannelId;

use crate::cross::{self, Data};
use crate::errors;
use crate::queues::{FALLBACK, Item, UNBOUND, choice, mode, settle, unbound, unpack};

pub const MODULE: NativeModule = NativeModule {
    name: "_interpchannels",
    init,
};

/// An end as functions name it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Both,
    Send,
    Receive,
}

impl End {
    fn sends(self) -> bool {
        self != End::Receive
    }

    fn receives(self) -> bool {
        self != End::Send
    }
}

/// An interpreter's hold of an end.
#[derive(Clone, Copy)]
struct Hold {
    interpreter: i64,
    open: bool,
}

/// A channel that is not closed for good.
struct Open {
    /// Nobody can use it any more, but it is still looked at.
    open: bool,
    /// It closes when it is empty.
    closing: bool,
    items: VecDeque<(u64, Item)>,
    senders: Vec<Hold>,
    receivers: Vec<Hold>,
}

struct Channel {
    id: i64,
    unbound: i64,
    fallback: i64,
    /// IDs that stand for it; it goes with the last.
    objects: i64,
    /// Nothing once it is closed.
    open: Option<Open>,
}

#[derive(Default)]
struct Channels {
    all: Vec<Channel>,
    made: i64,
    /// Counts items, so that who waits for one knows it again.
    sent: u64,
}

static CHANNELS: GilCell<RefCell<Option<Channels>>> = GilCell::new(RefCell::new(None));

/// What can be wrong with a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Missing,
    Closed,
    Empty,
    NotEmpty,
}

/// The module's exceptions in the current interpreter.
struct Classes {
    missing: Owned<Type>,
    closed: Owned<Type>,
    empty: Owned<Type>,
    not_empty: Owned<Type>,
}

static CLASSES: InterpreterCell<RefCell<Option<Classes>>> = InterpreterCell::new(RefCell::default);

#[cold]
fn fail<T>(py: Py, id: i64, wrong: Wrong) -> PyResult<T> {
    let classes = CLASSES.get(py);
    let classes = classes.borrow();
    let Some(classes) = classes.as_ref() else {
        return raise!(py, RuntimeError, "channel {id} cannot be used");
    };
    let (class, text) = match wrong {
        Wrong::Missing => (&classes.missing, "not found"),
        Wrong::Closed => (&classes.closed, "is closed"),
        Wrong::Empty => (&classes.empty, "is empty"),
        Wrong::NotEmpty => (
            &classes.not_empty,
            "may not be closed if not empty (try force=True)",
        ),
    };
    errors::with_text(py, class, &format!("channel {id} {text}"))
}

fn with_all<R>(py: Py, work: impl FnOnce(&mut Channels) -> R) -> R {
    let mut channels = CHANNELS.get(py).borrow_mut();
    work(channels.get_or_insert_default())
}

impl Open {
    /// Lets go of what interpreters hold that have ended; the items given up.
    fn settle(&mut self, py: Py) -> Vec<Item> {
        let gone = |hold: &Hold| hold.open && interpreter::find(py, hold.interpreter).is_none();
        let mut changed = false;
        for hold in self.senders.iter_mut().chain(&mut self.receivers) {
            if gone(hold) {
                hold.open = false;
                changed = true;
            }
        }
        if changed {
            self.open = self.is_held();
        }
        let (numbers, mut items): (Vec<u64>, VecDeque<Item>) =
            std::mem::take(&mut self.items).into_iter().unzip();
        let before = items.len();
        let given_up = settle(py, &mut items);
        let removed = before - items.len();
        self.items = numbers.into_iter().skip(removed).zip(items).collect();
        given_up
    }

    /// Whether anybody holds an end, or nobody ever did.
    fn is_held(&self) -> bool {
        let all = || self.senders.iter().chain(&self.receivers);
        all().any(|hold| hold.open) || all().next().is_none()
    }

    /// Takes hold of an end; false where the interpreter has let go of it before.
    fn take_hold(holds: &mut Vec<Hold>, interpreter: i64) -> bool {
        if let Some(hold) = holds.iter().find(|h| h.interpreter == interpreter) {
            return hold.open;
        }
        holds.push(Hold {
            interpreter,
            open: true,
        });
        true
    }

    fn let_go(holds: &mut Vec<Hold>, interpreter: i64) {
        Open::take_hold(holds, interpreter);
        for hold in holds.iter_mut().filter(|h| h.interpreter == interpreter) {
            hold.open = false;
        }
    }
}

/// Looks at a channel, which is settled before.
fn with<R>(
    py: Py,
    id: i64,
    work: impl FnOnce(&mut Channel) -> Result<R, Wrong>,
) -> Result<R, Wrong> {
    let (given_up, result) = with_all(py, |channels| {
        let Some(channel) = channels.all.iter_mut().find(|c| c.id == id) else {
            return (Vec::new(), Err(Wrong::Missing));
        };
        let given_up = channel.open.as_mut().map(|open| open.settle(py));
        (given_up.unwrap_or_default(), work(channel))
    });
    drop(given_up);
    result
}

/// Looks at a channel that is not closed.
fn with_open<R>(
    py: Py,
    id: i64,
    work: impl FnOnce(&mut Open) -> Result<R, Wrong>,
) -> Result<R, Wrong> {
    with(py, id, |channel| match &mut channel.open {
        Some(open) => work(open),
        None => Err(Wrong::Closed),
    })
}

fn or_fail<R>(py: Py, id: i64, result: Result<R, Wrong>) -> PyResult<R> {
    result.or_else(|wrong| fail(py, id, wrong))
}

fn create(py: Py, unbound: Option<i64>, fallback: Option<i64>) -> PyResult {
    let unbound = choice(py, unbound, unbound::REPLACE, "unboundop", UNBOUND)?;
    let fallback = choice(py, fallback, 1, "fallback", FALLBACK)?;
    let id = with_all(py, |channels| {
        let id = channels.made;
        channels.made += 1;
        channels.all.push(Channel {
            id,
            unbound,
            fallback,
            objects: 0,
            open: Some(Open {
                open: true,
                closing: false,
                items: VecDeque::new(),
                senders: Vec::new(),
                receivers: Vec::new(),
            }),
        });
        id
    });
    ChannelId::make(py, id, End::Both, false)
}

/// Takes a channel away; its items are dropped when nobody looks at the channels any more.
fn remove(py: Py, id: i64) -> Option<Channel> {
    with_all(py, |channels| {
        let at = channels.all.iter().position(|c| c.id == id)?;
        Some(channels.all.remove(at))
    })
}

fn destroy(py: Py, id: &Value) -> PyResult<()> {
    let id = id::of_value(py, id)?;
    match remove(py, id) {
        Some(_) => Ok(()),
        None => fail(py, id, Wrong::Missing),
    }
}

fn list_all(py: Py) -> PyResult<Owned<List>> {
    let all: Vec<_> = with_all(py, |channels| {
        let newest = channels.all.iter().rev().filter(|c| c.open.is_some());
        newest.map(|c| (c.id, c.unbound, c.fallback)).collect()
    });
    let list = List::new();
    for (id, unbound, fallback) in all {
        let id = ChannelId::make(py, id, End::Both, false)?;
        let parts = [id, Value::int(unbound), Value::int(fallback)];
        list.push_value(Value::from(Tuple::from_values(parts)));
    }
    Ok(list)
}

fn list_interpreters(py: Py, id: &Value, send: bool) -> PyResult<Owned<List>> {
    let id = id::of_value(py, id)?;
    let found = with_open(py, id, |channel| {
        if !channel.open || (send && channel.closing) {
            return Err(Wrong::Closed);
        }
        let holds = if send {
            &channel.senders
        } else {
            &channel.receivers
        };
        let open = holds.iter().filter(|hold| hold.open);
        Ok(open.map(|hold| hold.interpreter).collect::<Vec<_>>())
    });
    let list = List::new();
    for interpreter in or_fail(py, id, found)? {
        list.push_value(Value::int(interpreter));
    }
    Ok(list)
}

/// Puts an item into a channel; its number.
fn add(py: Py, id: i64, item: Item) -> Result<u64, Wrong> {
    let number = with_all(py, |channels| {
        channels.sent += 1;
        channels.sent
    });
    with_open(py, id, |channel| {
        if !channel.open || channel.closing {
            return Err(Wrong::Closed);
        }
        if !Open::take_hold(&mut channel.senders, item.origin) {
            return Err(Wrong::Closed);
        }
        channel.items.push_back((number, item));
        Ok(number)
    })
}

/// How long a sender sleeps before it looks again.
const SLICE: Duration = Duration::from_millis(5);

/// Waits until an item has been received.
fn wait(py: Py, id: i64, number: u64, timeout: Option<Duration>) -> PyResult<()> {
    let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let waiting = with_open(py, id, |channel| {
            let there = channel.items.iter().any(|(n, _)| *n == number);
            if there && !channel.open {
                return Err(Wrong::Closed);
            }
            Ok(there)
        });
        match waiting {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(wrong) => return fail(py, id, wrong),
        }
        let left = end.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            take_back(py, id, number);
            return raise!(py, TimeoutError, "timed out");
        }
        py.allow_threads(move || std::thread::sleep(left.min(SLICE)));
        if let Err(raised) = (hooks::get(py).signals)(py) {
            take_back(py, id, number);
            return Err(raised);
        }
    }
}

fn take_back(py: Py, id: i64, number: u64) {
    let taken = with_open(py, id, |channel| {
        let at = channel.items.iter().position(|(n, _)| *n == number);
        Ok(at.and_then(|at| channel.items.remove(at)))
    });
    drop(taken);
}

/// How an item is sent.
struct Sending {
    unbound: Option<i64>,
    fallback: Option<i64>,
    blocking: bool,
    timeout: Option<f64>,
}

fn send_data(
    py: Py,
    id: i64,
    how: &Sending,
    take: impl FnOnce(i64) -> PyResult<Data>,
) -> PyResult<()> {
    let defaults = with(py, id, |channel| Ok((channel.unbound, channel.fallback)));
    let (unbound, fallback) = or_fail(py, id, defaults)?;
    let unbound = choice(py, how.unbound, unbound, "unboundop", UNBOUND)?;
    let fallback = choice(py, how.fallback, fallback, "fallback", FALLBACK)?;
    let timeout = match how.timeout {
        Some(_) if !how.blocking => {
            return raise!(
                py,
                ValueError,
                "can't specify a timeout for a non-blocking call"
            );
        }
        Some(seconds) if seconds < 0.0 => {
            return raise!(
                py,
                ValueError,
                "timeout value must be a non-negative number"
            );
        }
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => None,
    };
    let usable = with_open(py, id, |channel| {
        if channel.open && !channel.closing {
            Ok(())
        } else {
            Err(Wrong::Closed)
        }
    });
    or_fail(py, id, usable)?;
    let item = Item {
        data: Some(take(fallback)?),
        origin: py.thread().interpreter.get(),
        unbound,
    };
    let number = add(py, id, item);
    let number = or_fail(py, id, number)?;
    if how.blocking {
        wait(py, id, number, timeout)?;
    }
    Ok(())
}

fn send(
    py: Py,
    id: &Value,
    object: &Value,
    unbound: Option<i64>,
    fallback: Option<i64>,
    blocking: Option<bool>,
    timeout: Option<f64>,
) -> PyResult<()> {
    let how = Sending {
        unbound,
        fallback,
        blocking: blocking.unwrap_or(true),
        timeout,
    };
    send_data(py, id::of_value(py, id)?, &how, |fallback| {
        cross::take(py, object, mode(fallback))
    })
}

fn send_buffer(
    py: Py,
    id: &Value,
    object: &Value,
    unbound: Option<i64>,
    fallback: Option<i64>,
    blocking: Option<bool>,
    timeout: Option<f64>,
) -> PyResult<()> {
    let how = Sending {
        unbound,
        fallback,
        blocking: blocking.unwrap_or(true),
        timeout,
    };
    let view = Value::from(MemoryView::of(py, &object.to_object())?);
    send_data(py, id::of_value(py, id)?, &how, |_| Ok(Data::View(view)))
}

fn recv(py: Py, id: &Value, default: Option<&Value>) -> PyResult<(Value, Value)> {
    let id = id::of_value(py, id)?;
    let me = py.thread().interpreter.get();
    let taken = with(py, id, |channel| {
        let Some(open) = channel.open.as_mut().filter(|open| open.open) else {
            return Err(Wrong::Closed);
        };
        if !Open::take_hold(&mut open.receivers, me) {
            return Err(Wrong::Closed);
        }
        let item = open.items.pop_front();
        if open.closing && open.items.is_empty() {
            channel.open = None;
        }
        item.ok_or(Wrong::Empty)
    });
    match (taken, default) {
        (Ok((_, item)), _) => unpack(py, &item),
        (Err(Wrong::Empty), Some(default)) => Ok((default.clone(), Value::none())),
        (Err(wrong), _) => fail(py, id, wrong),
    }
}

/// Which end `send` and `recv` mean: both where both are wanted, or none.
fn end_of(send: Option<bool>, receive: Option<bool>) -> End {
    match (send.unwrap_or(false), receive.unwrap_or(false)) {
        (true, false) => End::Send,
        (false, true) => End::Receive,
        _ => End::Both,
    }
}

fn close(
    py: Py,
    id: &Value,
    send: Option<bool>,
    receive: Option<bool>,
    force: Option<bool>,
) -> PyResult<()> {
    let id = id::of_value(py, id)?;
    let (end, force) = (end_of(send, receive), force.unwrap_or(false));
    let closed = with(py, id, |channel| {
        let Some(open) = channel.open.as_mut() else {
            return Err(Wrong::Closed);
        };
        if !open.open || (!force && end == End::Send && open.closing) {
            return Err(Wrong::Closed);
        }
        if open.items.is_empty() || force {
            return Ok(channel.open.take());
        }
        if end != End::Send {
            return Err(Wrong::NotEmpty);
        }
        open.closing = true;
        Ok(None)
    });
    or_fail(py, id, closed).map(drop)
}

fn release(
    py: Py,
    id: &Value,
    send: Option<bool>,
    receive: Option<bool>,
    _force: Option<bool>,
) -> PyResult<()> {
    let id = id::of_value(py, id)?;
    let end = end_of(send, receive);
    let me = py.thread().interpreter.get();
    let released = with_open(py, id, |channel| {
        if !channel.open {
            return Err(Wrong::Closed);
        }
        if end.sends() {
            Open::let_go(&mut channel.senders, me);
        }
        if end.receives() {
            Open::let_go(&mut channel.receivers, me);
        }
        channel.open = channel.is_held();
        Ok(())
    });
    or_fail(py, id, released)
}

fn get_count(py: Py, id: &Value) -> PyResult<usize> {
    let id = id::of_value(py, id)?;
    let count = with_open(py, id, |channel| Ok(channel.items.len()));
    or_fail(py, id, count)
}

fn get_defaults(py: Py, id: &Value) -> PyResult<(i64, i64)> {
    let id = id::of_value(py, id)?;
    let defaults = with(py, id, |channel| Ok((channel.unbound, channel.fallback)));
    or_fail(py, id, defaults)
}

fn define_errors(m: &ModuleBuilder) -> PyResult<()> {
    let py = m.py;
    let new = |name: &str, base: &Type| {
        let class = errors::new_class(py, "_interpchannels", name, base, None)?;
        m.value(name, Value::from(class.clone()))?;
        Ok::<_, krait_object::Raised>(class)
    };
    let error = new("ChannelError", &exceptions::RuntimeError)?;
    let classes = Classes {
        missing: new("ChannelNotFoundError", &error)?,
        closed: new("ChannelClosedError", &error)?,
        empty: new("ChannelEmptyError", &error)?,
        not_empty: new("ChannelNotEmptyError", &error)?,
    };
    drop(CLASSES.get(py).replace(Some(classes)));
    Ok(())
}

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.text("__doc__", "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.")?;
    define_errors(m)?;
    m.value(
        "ChannelID",
        Value::from(Instance::<ChannelId>::type_object().to_owned()),
    )?
    .value("ChannelInfo", Value::from(info::class(m.py).to_owned()))?;
    m.function("create(unboundop=-1, fallback=-1)", create)?
        .function("destroy(cid)", destroy)?
        .function("list_all()", list_all)?
        .function("list_interpreters(cid, send)", list_interpreters)?
        .function(
            "send(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
            send,
        )?
        .function(
            "send_buffer(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
            send_buffer,
        )?
        .function("recv(cid, default=<unrepresentable>)", recv)?
        .function("close(cid, *, send=None, recv=None, force=False)", close)?
        .function("release(cid, *, send=None, recv=None, force=True)", release)?
        .function("get_count(cid)", get_count)?
        .function("get_info(cid)", info::get_info)?
        .function("get_channel_defaults(cid)", get_defaults)?
        .function(
            "_channel_id(id, *, send=None, recv=None, force=False, _resolve=False)",
            id::channel_id,
        )?
        .function("_register_end_types(send, recv)", end::register)?;
    Ok(())
}
