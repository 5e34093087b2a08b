//! `_lsprof`: the profiler behind `cProfile`.
//!
//! A `Profiler` hears of calls and returns through `sys.monitoring`, as the tool
//! `PROFILER_ID`; its methods of one underscore are the callbacks. `ledger` does the
//! counting and knows nothing of Python but the objects that name what was called.

use std::cell::{Cell, RefCell};

use krait_object::gc::Visitor;
use krait_object::native::module::NativeModule;
use krait_object::native::{Args, Class, Instance, KwArgs, TypeBuilder};
use krait_object::protocol::{self, call, number};
use krait_object::types::structseq;
use krait_object::{
    Layout, List, ModuleBuilder, Py, PyResult, Str, Type, Value, class_cell, errors, exceptions,
    hooks, intern, raise,
};
use krait_sys::libc::CLOCK_MONOTONIC;

use crate::time::clock_ns;
use crate::time::convert::{Round, nanoseconds};

mod callee;
mod ledger;

use callee::Callee;
use ledger::{Ledger, Totals};

pub const MODULE: NativeModule = NativeModule {
    name: "_lsprof",
    init,
};

fn init(m: &ModuleBuilder) -> PyResult<()> {
    m.value("__doc__", Value::from(Str::new("Fast profiler")))?;
    m.class::<Profiler>()?;
    for ty in [profiler_entry(m.py), profiler_subentry(m.py)] {
        let name = ty.name().rsplit('.').next().unwrap_or_default().to_owned();
        m.value(&name, Value::from(ty.to_owned()))?;
    }
    Ok(())
}

structseqs! {
    profiler_entry "_lsprof.profiler_entry" "" 6 [
        "code" "code object or built-in function name",
        "callcount" "how many times this was called",
        "reccallcount" "how many times called recursively",
        "totaltime" "total time in this entry",
        "inlinetime" "inline time in this entry (not in subcalls)",
        "calls" "details of the calls",
    ];
    profiler_subentry "_lsprof.profiler_subentry" "" 5 [
        "code" "called code object or built-in function name",
        "callcount" "how many times this is called",
        "reccallcount" "how many times this is called recursively",
        "totaltime" "total time spent in this call",
        "inlinetime" "inline time (not in further subcalls)",
    ];
}

/// `sys.monitoring.PROFILER_ID`.
const TOOL: i64 = 2;

/// The events of `sys.monitoring` that are heard, by their numbers, and by which method.
const EVENTS: [(u32, &str); 9] = [
    (0, "_pystart_callback"),
    (1, "_pystart_callback"),
    (2, "_pyreturn_callback"),
    (3, "_pyreturn_callback"),
    (4, "_ccall_callback"),
    (13, "_pyreturn_callback"),
    (14, "_pythrow_callback"),
    (16, "_creturn_callback"),
    (17, "_creturn_callback"),
];

#[derive(Default)]
pub struct Profiler {
    ledger: RefCell<Ledger>,
    timer: RefCell<Option<Value>>,
    /// Seconds of one unit of the timer; 0 where it gives seconds as floats.
    unit: Cell<f64>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
    enabled: Cell<bool>,
    /// The timer, which is Python code, runs.
    in_timer: Cell<bool>,
}

type This = Instance<Profiler>;

impl Profiler {
    /// The time now, in units of the timer or nanoseconds.
    fn now(&self, py: Py) -> i64 {
        let timer = self.timer.borrow().clone();
        let Some(timer) = timer else {
            return clock_ns(py, CLOCK_MONOTONIC).unwrap_or(0);
        };
        self.in_timer.set(true);
        let result = protocol::call(py, &timer, &[]);
        self.in_timer.set(false);
        let time = result.and_then(|value| match self.unit.get() {
            0.0 => nanoseconds(py, &value, Round::Floor),
            _ => number::to_index(py, &value, &exceptions::OverflowError).map(|n| n as i64),
        });
        time.unwrap_or_else(|_| {
            let timer = timer.into_object();
            errors::ignored_while(py, "calling _lsprof timer", &timer);
            0
        })
    }

    /// What a native callable is counted as, where such are counted.
    fn native_callee<'a>(&self, callable: &'a Value, receiver: &'a Value) -> Option<Callee<'a>> {
        self.builtins.get().then_some(())?;
        Callee::of_native(callable, receiver)
    }

    /// A call begins. An exception that is on its way (`throw`) stays.
    fn enter(&self, py: Py, callee: &Callee) {
        let raised = py.thread().take_exception();
        let known = self.ledger.borrow().find(callee.key);
        let entry = known.unwrap_or_else(|| {
            let shown = callee.shown(py);
            self.ledger.borrow_mut().add(callee.key, shown)
        });
        self.ledger.borrow_mut().begin(entry, self.subcalls.get());
        let now = self.now(py);
        self.ledger.borrow_mut().began(now);
        if let Some(raised) = raised {
            py.thread().set_exception(raised);
        }
    }

    /// A call ends.
    fn leave(&self, py: Py, key: usize) {
        if self.ledger.borrow().is_idle() {
            return;
        }
        let now = self.now(py);
        let mut ledger = self.ledger.borrow_mut();
        let entry = ledger.find(key);
        ledger.end(entry, now, self.subcalls.get());
    }

    /// Ends whatever has begun.
    fn leave_all(&self, py: Py) {
        loop {
            let current = self.ledger.borrow().current();
            let Some(entry) = current else { return };
            let now = self.now(py);
            let subcalls = self.subcalls.get();
            self.ledger.borrow_mut().end(Some(entry), now, subcalls);
        }
    }

    fn not_in_timer(&self, py: Py, doing: &str) -> PyResult<()> {
        if self.in_timer.get() {
            return raise!(
                py,
                RuntimeError,
                "cannot {doing} profiler in external timer"
            );
        }
        Ok(())
    }

    fn stop(&self, py: Py) -> PyResult<()> {
        if !self.enabled.replace(false) {
            return Ok(());
        }
        let monitoring = monitoring(py)?;
        let tool = Value::int(TOOL);
        let call = |name, values: &[Value]| call::call_method_str(py, &monitoring, name, values);
        call("set_events", &[tool.clone(), Value::int(0)])?;
        for (event, _) in EVENTS {
            let event = Value::int(1 << event);
            call("register_callback", &[tool.clone(), event, Value::none()])?;
        }
        call("free_tool_id", &[tool])?;
        self.leave_all(py);
        Ok(())
    }
}

fn monitoring(py: Py) -> PyResult {
    let sys = hooks::import_module(py, "sys")?;
    protocol::get_attr(py, &sys, intern!("monitoring"))
}

fn enable(py: Py, this: &This, subcalls: Option<bool>, builtins: Option<bool>) -> PyResult<()> {
    this.subcalls.set(subcalls.unwrap_or(true));
    this.builtins.set(builtins.unwrap_or(true));
    let monitoring = monitoring(py)?;
    let tool = Value::int(TOOL);
    let call = |name, values: &[Value]| call::call_method_str(py, &monitoring, name, values);
    let name = Value::from(Str::new("cProfile"));
    call("use_tool_id", &[tool.clone(), name])?;
    let me = Value::from(this.to_owned());
    let mut all = 0;
    for (event, method) in EVENTS {
        let callback = protocol::get_attr(py, &me, &Str::intern(method))?;
        let bit = 1 << event;
        call(
            "register_callback",
            &[tool.clone(), Value::int(bit), callback],
        )?;
        all |= bit;
    }
    call("set_events", &[tool, Value::int(all)])?;
    this.enabled.set(true);
    Ok(())
}

/// `profiler_entry` or `profiler_subentry` without its last field.
fn shown(totals: &Totals, code: &Value, factor: f64) -> [Value; 5] {
    [
        code.clone(),
        Value::int(totals.calls),
        Value::int(totals.recursive),
        Value::float(totals.total as f64 * factor),
        Value::float(totals.inline as f64 * factor),
    ]
}

fn getstats(py: Py, this: &This) -> PyResult {
    let factor = match this.unit.get() {
        unit if unit != 0.0 && this.timer.borrow().is_some() => unit,
        _ => 1e-9,
    };
    // What is made here may run the collector, and that Python code: no borrow over it.
    let entries = this.ledger.borrow().entries.clone();
    let mut stats = Vec::new();
    for entry in entries.iter().filter(|e| e.totals.calls != 0) {
        let mut calls = Vec::new();
        for (callee, totals) in &entry.callees {
            let values = shown(totals, &entries[*callee].code, factor);
            calls.push(Value::from(structseq::make(
                py,
                profiler_subentry(py),
                values,
            )?));
        }
        let calls = match calls.is_empty() {
            true => Value::none(),
            false => Value::from(List::from_values(calls)),
        };
        let values = shown(&entry.totals, &entry.code, factor);
        let values = values.into_iter().chain([calls]);
        stats.push(Value::from(structseq::make(
            py,
            profiler_entry(py),
            values,
        )?));
    }
    Ok(Value::from(List::from_values(stats)))
}

const DOC: &str = "Build a profiler object using the specified timer function.\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, 'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds).";
const ENABLE: &str = "Start collecting profiling information.\n\n  subcalls\n    If True, also records for each function\n    statistics separated according to its current caller.\n  builtins\n    If True, records the time spent in\n    built-in functions separately from their caller.";
const GETSTATS: &str = "list of profiler_entry objects.\n\ngetstats() -> list of profiler_entry objects\n\nReturn all information collected by the profiler.\nEach profiler_entry is a tuple-like object with the\nfollowing attributes:\n\n    code          code object\n    callcount     how many times this was called\n    reccallcount  how many times called recursively\n    totaltime     total time in this entry\n    inlinetime    inline time in this entry (not in subcalls)\n    calls         details of the calls\n\nThe calls attribute is either None or a list of\nprofiler_subentry objects:\n\n    code          called code object\n    callcount     how many times this is called\n    reccallcount  how many times this is called recursively\n    totaltime     total time spent in this call\n    inlinetime    inline time (not in further subcalls)";

impl Class for Profiler {
    const NAME: &'static str = "_lsprof.Profiler";
    const GC: bool = true;
    class_cell!();

    fn define(b: &mut TypeBuilder<This>) {
        b.subclassable()
            .doc(DOC)
            .new_with(
                "Profiler(*args, **kwargs)",
                |py: Py, class: &Type, _args: Args<'_>, _kwargs: KwArgs| {
                    Instance::new_in(py, class, Profiler::default())
                },
            )
            .init(
                "Profiler(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
                |py: Py,
                 this: &This,
                 timer: Option<&Value>,
                 unit: Option<f64>,
                 subcalls: Option<bool>,
                 builtins: Option<bool>|
                 -> PyResult<()> {
                    let old = this.timer.replace(timer.filter(|t| !t.is_none()).cloned());
                    drop((py, old));
                    this.unit.set(unit.unwrap_or(0.0));
                    this.subcalls.set(subcalls.unwrap_or(true));
                    this.builtins.set(builtins.unwrap_or(true));
                    Ok(())
                },
            )
            .method_doc(
                "enable($self, /, subcalls=True, builtins=True)",
                ENABLE,
                enable,
            )
            .method_doc(
                "disable($self, /)",
                "Stop collecting profiling information.",
                |py: Py, this: &This| {
                    this.not_in_timer(py, "disable")?;
                    this.stop(py)
                },
            )
            .method_doc(
                "clear($self, /)",
                "Clear all profiling information collected so far.",
                |py: Py, this: &This| -> PyResult<()> {
                    this.not_in_timer(py, "clear")?;
                    drop(this.ledger.take());
                    Ok(())
                },
            )
            .method_doc("getstats($self, /)", GETSTATS, getstats)
            .method(
                "_pystart_callback($self, code, instruction_offset, /)",
                |py: Py, this: &This, code: &Value, _at: &Value| {
                    this.enter(py, &Callee::of_code(code));
                },
            )
            .method(
                "_pythrow_callback($self, code, instruction_offset, exception, /)",
                |py: Py, this: &This, code: &Value, _at: &Value, _exception: &Value| {
                    this.enter(py, &Callee::of_code(code));
                },
            )
            .method(
                "_pyreturn_callback($self, code, instruction_offset, retval, /)",
                |py: Py, this: &This, code: &Value, _at: &Value, _result: &Value| {
                    this.leave(py, Callee::of_code(code).key);
                },
            )
            .method(
                "_ccall_callback($self, code, instruction_offset, callable, self_arg, /)",
                |py: Py,
                 this: &This,
                 _code: &Value,
                 _at: &Value,
                 callable: &Value,
                 receiver: &Value| {
                    if let Some(callee) = this.native_callee(callable, receiver) {
                        this.enter(py, &callee);
                    }
                },
            )
            .method(
                "_creturn_callback($self, code, instruction_offset, callable, self_arg, /)",
                |py: Py,
                 this: &This,
                 _code: &Value,
                 _at: &Value,
                 callable: &Value,
                 receiver: &Value| {
                    if let Some(callee) = this.native_callee(callable, receiver) {
                        this.leave(py, callee.key);
                    }
                },
            );
    }

    fn traverse(&self, visitor: &mut Visitor) {
        let (timer, ledger) = (self.timer.borrow(), self.ledger.borrow());
        let codes = ledger.entries.iter().map(|entry| &entry.code);
        for object in timer.iter().chain(codes).filter_map(Value::as_object) {
            visitor.visit(object);
        }
    }

    fn clear(&self) {
        drop((self.timer.take(), self.ledger.take()));
    }
}
