//! Classes made from Rust: no interpreter is needed for what the type machinery does.

use std::sync::{Mutex, MutexGuard};

use krait_abi::*;

use crate::native::NativeDef;
use crate::native::call::{DefKind, Entry};
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp};
use crate::py::{Py, PyResult};
use crate::types::descriptor;
use crate::types::dict::Dict;
use crate::types::int::Int;
use crate::types::list::List;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_new::make_class;
use crate::types::typeobject::{OBJECT, TYPE, Type, address};
use crate::value::Value;

static LOCK: Mutex<()> = Mutex::new(());

/// The runtime, for one test at a time.
fn runtime() -> (Py, MutexGuard<'static, ()>) {
    let guard = LOCK.lock().unwrap_or_else(|e| e.into_inner());
    let state = Box::leak(crate::thread::ThreadState::new(1));
    // SAFETY: the lock stands for the GIL; the state lives for ever.
    let py = unsafe {
        crate::thread::set_current(state);
        Py::assume()
    };
    if !OBJECT.is_ready() {
        crate::init(py, (1, 2));
    }
    (py, guard)
}

fn method(text: &'static str, entry: Entry) -> Value {
    descriptor::method(
        &OBJECT,
        NativeDef::new("object", text, "", DefKind::Method, entry),
    )
}

fn class(py: Py, name: &str, bases: &[&Type], entries: &[(&str, Value)]) -> PyResult<Owned<Type>> {
    let dict = Dict::new();
    for (key, value) in entries {
        dict.set_str(py, &Str::intern(key), value.clone())?;
    }
    let bases = Tuple::from_objects(bases.iter().map(|b| b.as_object()).collect::<Vec<_>>());
    make_class(py, &TYPE, &Str::new(name), &bases, &dict, &[], None)
}

fn made(py: Py, name: &str, bases: &[&Type], entries: &[(&str, Value)]) -> Owned<Type> {
    class(py, name, bases, entries).unwrap_or_else(|_| panic!("{}", error(py)))
}

fn error(py: Py) -> String {
    let exception = py.thread().take_exception().expect("an exception");
    let name = exception.ty().short_name().to_string();
    let text = protocol::str(py, &Value::from(exception)).expect("its text");
    format!("{name}: {}", text.to_rust())
}

fn ok(py: Py, result: PyResult) -> Value {
    result.unwrap_or_else(|_| panic!("{}", error(py)))
}

fn failure<T>(py: Py, result: PyResult<T>) -> String {
    assert!(result.is_err());
    error(py)
}

/// The value as a small int, boxed or not.
fn int(value: &Value) -> Option<i64> {
    protocol::number::int_of(value)
}

fn call(py: Py, class: &Type, values: &[Value]) -> PyResult {
    protocol::call(py, &Value::from(class.to_owned()), values)
}

fn get(py: Py, of: &Type, name: &str) -> PyResult {
    protocol::get_attr_str(py, &Value::from(of.to_owned()), name)
}

fn text(py: Py, value: &Value) -> String {
    protocol::repr(py, value)
        .unwrap_or_else(|_| panic!("{}", error(py)))
        .to_rust()
        .into_owned()
}

#[test]
fn plain_class_has_attributes_and_dies() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[("x", Value::int(5))]);
    let before = a.as_object().refcount();
    let instance = ok(py, call(py, &a, &[]));
    assert_eq!(a.as_object().refcount(), before + 1);
    for i in 0..40 {
        let name = Str::intern(&format!("attribute{i}"));
        protocol::set_attr(py, &instance, &name, &Value::int(i)).unwrap();
    }
    assert_eq!(
        int(&ok(
            py,
            protocol::get_attr_str(py, &instance, "attribute39")
        )),
        Some(39)
    );
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &instance, "x"))),
        Some(5)
    );
    drop(instance);
    assert_eq!(a.as_object().refcount(), before);
    assert_eq!(
        failure(py, call(py, &a, &[Value::int(1)])),
        "TypeError: A() takes no arguments"
    );
    assert_eq!(text(py, &Value::from(a)), "<class 'A'>");
}

fn add(
    _py: Py,
    _d: &'static NativeDef,
    _this: Option<&Object>,
    _v: &[Value],
    _n: Option<&Tuple>,
) -> PyResult {
    Ok(Value::int(1))
}
fn radd(
    _py: Py,
    _d: &'static NativeDef,
    _this: Option<&Object>,
    _v: &[Value],
    _n: Option<&Tuple>,
) -> PyResult {
    Ok(Value::int(2))
}

#[test]
fn operators_follow_the_reflected_operand_rules() {
    let (py, _guard) = runtime();
    use protocol::number::{BinaryOp, binary};
    let a = made(
        py,
        "A",
        &[],
        &[
            ("__add__", method("__add__(other, /)", add)),
            ("__radd__", method("__radd__(other, /)", add)),
        ],
    );
    let b = made(
        py,
        "B",
        &[&a],
        &[("__radd__", method("__radd__(other, /)", radd))],
    );
    let c = made(py, "C", &[&a], &[]);
    let (x, y, z) = (
        ok(py, call(py, &a, &[])),
        ok(py, call(py, &b, &[])),
        ok(py, call(py, &c, &[])),
    );
    assert_eq!(int(&ok(py, binary(py, BinaryOp::Add, &x, &y))), Some(2));
    assert_eq!(int(&ok(py, binary(py, BinaryOp::Add, &x, &z))), Some(1));
    assert_eq!(
        int(&ok(py, binary(py, BinaryOp::Add, &Value::int(7), &y))),
        Some(2)
    );
    let sub = failure(py, binary(py, BinaryOp::Subtract, &x, &y));
    assert_eq!(
        sub,
        "TypeError: unsupported operand type(s) for -: 'A' and 'B'"
    );
}

fn length(
    _py: Py,
    _d: &'static NativeDef,
    _this: Option<&Object>,
    _v: &[Value],
    _n: Option<&Tuple>,
) -> PyResult {
    Ok(Value::int(42))
}

#[test]
fn subclasses_keep_native_slots_until_overridden() {
    let (py, _guard) = runtime();
    let list = List::type_object();
    let l = made(py, "L", &[list], &[]);
    // SAFETY: both types have the table.
    let slot = |t: &Type| unsafe { address((*t.raw().tp_as_sequence).sq_length) };
    assert_eq!(slot(&l), slot(list));
    assert_eq!(address(l.raw().tp_iter), address(list.raw().tp_iter));
    let instance = ok(
        py,
        call(
            py,
            &l,
            &[Value::from(Tuple::from_values([
                Value::int(1),
                Value::int(2),
            ]))],
        ),
    );
    assert_eq!(protocol::length(py, &instance).unwrap(), 2);
    protocol::set_attr(
        py,
        &Value::from(l.clone()),
        &Str::intern("__len__"),
        &method("__len__()", length),
    )
    .unwrap();
    assert_ne!(slot(&l), slot(list));
    assert_eq!(protocol::length(py, &instance).unwrap(), 42);
    protocol::del_attr(py, &Value::from(l.clone()), &Str::intern("__len__")).unwrap();
    assert_eq!(slot(&l), slot(list));
    assert_eq!(text(py, &instance), "[1, 2]");
}

#[test]
fn wrappers_check_their_arguments() {
    let (py, _guard) = runtime();
    let list = List::type_object();
    let len = ok(py, get(py, list, "__len__"));
    assert_eq!(text(py, &len), "<slot wrapper '__len__' of 'list' objects>");
    let empty = Value::from(List::new());
    assert_eq!(
        int(&ok(
            py,
            protocol::call(py, &len, std::slice::from_ref(&empty))
        )),
        Some(0)
    );
    let none = failure(py, protocol::call(py, &len, &[]));
    assert_eq!(
        none,
        "TypeError: descriptor '__len__' of 'list' object needs an argument"
    );
    let foreign = failure(py, protocol::call(py, &len, &[Value::from(Str::new("a"))]));
    assert_eq!(
        foreign,
        "TypeError: descriptor '__len__' requires a 'list' object but received a 'str'"
    );
    let bound = ok(py, protocol::get_attr_str(py, &Value::int(1), "__add__"));
    assert_eq!(
        failure(py, protocol::call(py, &bound, &[])),
        "TypeError: expected 1 argument, got 0"
    );
    assert_eq!(
        int(&ok(py, protocol::call(py, &bound, &[Value::int(2)]))),
        Some(3)
    );
    assert!(ok(py, get(py, list, "__hash__")).is_none());
    let new = ok(py, get(py, &OBJECT, "__new__"));
    let unsafe_new = failure(
        py,
        protocol::call(py, &new, &[Value::from(Int::type_object().to_owned())]),
    );
    assert_eq!(
        unsafe_new,
        "TypeError: object.__new__(int) is not safe, use int.__new__()"
    );
    assert!(text(py, &new).starts_with("<built-in method __new__ of type object at 0x"));
}

#[test]
fn slots_lie_in_the_instance() {
    let (py, _guard) = runtime();
    let names = Tuple::from_values([Value::from(Str::intern("b")), Value::from(Str::intern("a"))]);
    let a = made(py, "A", &[], &[("__slots__", Value::from(names))]);
    assert_eq!(a.raw().tp_basicsize, 32);
    let instance = ok(py, call(py, &a, &[]));
    protocol::set_attr(py, &instance, &Str::intern("a"), &Value::int(3)).unwrap();
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &instance, "a"))),
        Some(3)
    );
    let unset = failure(py, protocol::get_attr_str(py, &instance, "b"));
    assert_eq!(unset, "AttributeError: 'A' object has no attribute 'b'");
    let foreign = failure(
        py,
        protocol::set_attr(py, &instance, &Str::intern("c"), &Value::int(3)),
    );
    assert_eq!(
        foreign,
        "AttributeError: 'A' object has no attribute 'c' and no __dict__ for setting new attributes"
    );
    let more = Value::from(Tuple::from_values([Value::from(Str::intern("d"))]));
    let b = made(py, "B", &[&a], &[]);
    let c = made(py, "C", &[&b], &[("__slots__", more)]);
    let instance = ok(py, call(py, &c, &[]));
    for (i, name) in ["a", "b", "d", "free"].iter().enumerate() {
        protocol::set_attr(py, &instance, &Str::intern(name), &Value::int(i as i64)).unwrap();
    }
    for (i, name) in ["a", "b", "d", "free"].iter().enumerate() {
        assert_eq!(
            int(&ok(py, protocol::get_attr_str(py, &instance, name))),
            Some(i as i64)
        );
    }
    let of_int = class(
        py,
        "D",
        &[Int::type_object()],
        &[("__slots__", Value::from(Str::new("a")))],
    );
    assert_eq!(
        failure(py, of_int),
        "TypeError: nonempty __slots__ not supported for subtype of 'int'"
    );
    let hidden = class(
        py,
        "D",
        &[],
        &[
            ("__slots__", Value::from(Str::new("a"))),
            ("a", Value::int(1)),
        ],
    );
    assert_eq!(
        failure(py, hidden),
        "ValueError: 'a' in __slots__ conflicts with class variable"
    );
}

#[test]
fn bases_are_checked_and_linearised() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[]);
    let b = made(py, "B", &[&a], &[]);
    let c = made(py, "C", &[&a], &[]);
    let d = made(py, "D", &[&b, &c], &[]);
    let names: Vec<String> = d.mro_types().map(|t| t.short_name().to_string()).collect();
    assert_eq!(names, ["D", "B", "C", "A", "object"]);
    assert_eq!(
        failure(py, class(py, "E", &[&a, &b], &[])),
        "TypeError: Cannot create a consistent method resolution order (MRO) for bases A, B"
    );
    assert_eq!(
        failure(py, class(py, "E", &[&a, &a], &[])),
        "TypeError: duplicate base class A"
    );
    let conflict = class(py, "E", &[Int::type_object(), Str::type_object()], &[]);
    assert_eq!(
        failure(py, conflict),
        "TypeError: multiple bases have instance lay-out conflict"
    );
    let of_bool = class(py, "E", &[&crate::singletons::BOOL], &[]);
    assert_eq!(
        failure(py, of_bool),
        "TypeError: type 'bool' is not an acceptable base type"
    );
    let e = made(py, "E", &[&b, Int::type_object()], &[]);
    let seven = ok(py, call(py, &e, &[Value::int(7)]));
    protocol::set_attr(py, &seven, &Str::intern("x"), &Value::int(1)).unwrap();
    assert_eq!(text(py, &seven), "7");
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &seven, "x"))),
        Some(1)
    );
    let immutable = protocol::set_attr(
        py,
        &Value::from(Int::type_object().to_owned()),
        &Str::intern("x"),
        &Value::int(1),
    );
    assert_eq!(
        failure(py, immutable),
        "TypeError: cannot set 'x' attribute of immutable type 'int'"
    );
}

#[test]
fn bases_can_be_assigned() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[("x", Value::int(1))]);
    let b = made(
        py,
        "B",
        &[],
        &[
            ("x", Value::int(2)),
            ("__len__", method("__len__()", length)),
        ],
    );
    let c = made(py, "C", &[&a], &[]);
    let d = made(py, "D", &[&c], &[]);
    let instance = ok(py, call(py, &d, &[]));
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &instance, "x"))),
        Some(1)
    );
    let name = Str::intern("__bases__");
    let bases = Value::from(Tuple::from_objects([b.as_object()]));
    protocol::set_attr(py, &Value::from(c.clone()), &name, &bases)
        .unwrap_or_else(|_| panic!("{}", error(py)));
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &instance, "x"))),
        Some(2)
    );
    assert_eq!(
        protocol::length(py, &instance).unwrap_or_else(|_| panic!("{}", error(py))),
        42
    );
    assert!(a.subclasses().is_empty());
    let cycle = Value::from(Tuple::from_objects([d.as_object()]));
    let result = protocol::set_attr(py, &Value::from(c.clone()), &name, &cycle);
    assert_eq!(
        failure(py, result),
        "TypeError: a __bases__ item causes an inheritance cycle"
    );
    let ints = Value::from(Tuple::from_objects([Int::type_object().as_object()]));
    let result = protocol::set_attr(py, &Value::from(c), &name, &ints);
    assert_eq!(
        failure(py, result),
        "TypeError: __bases__ assignment: 'int' object layout differs from 'B'"
    );
}

fn never(
    _py: Py,
    _d: &'static NativeDef,
    _this: Option<&Object>,
    _v: &[Value],
    _n: Option<&Tuple>,
) -> PyResult {
    Ok(Value::bool(false))
}

#[test]
fn equality_without_hash_is_unhashable() {
    let (py, _guard) = runtime();
    let a = made(
        py,
        "A",
        &[],
        &[("__eq__", method("__eq__(other, /)", never))],
    );
    let x = ok(py, call(py, &a, &[]));
    assert!(ok(py, get(py, &a, "__hash__")).is_none());
    assert_eq!(
        failure(py, protocol::hash(py, &x)),
        "TypeError: unhashable type: 'A'"
    );
    assert!(
        protocol::truth(
            py,
            &ok(py, protocol::rich_compare(py, &x, &x, CompareOp::Ne))
        )
        .unwrap()
    );
    let b = made(
        py,
        "B",
        &[&a],
        &[("__hash__", method("__hash__()", length))],
    );
    let y = ok(py, call(py, &b, &[]));
    assert_eq!(protocol::hash(py, &y).unwrap(), 42);
    assert!(
        !protocol::truth(
            py,
            &ok(py, protocol::rich_compare(py, &y, &y, CompareOp::Eq))
        )
        .unwrap()
    );
}

#[test]
fn class_of_an_instance_can_change() {
    let (py, _guard) = runtime();
    let attributes: Vec<Value> = (0..12)
        .map(|i| Value::from(Str::intern(&format!("a{i}"))))
        .collect();
    let a = made(py, "A", &[], &[("x", Value::int(1))]);
    let many = (
        "__static_attributes__",
        Value::from(Tuple::from_values(attributes)),
    );
    let b = made(py, "B", &[], &[("x", Value::int(2)), many]);
    let instance = ok(py, call(py, &a, &[]));
    let set = |name: &str, i: i64| {
        protocol::set_attr(py, &instance, &Str::intern(name), &Value::int(i)).unwrap()
    };
    (0..6).for_each(|i| set(&format!("n{i}"), i));
    let name = Str::intern("__class__");
    protocol::set_attr(py, &instance, &name, &Value::from(b.clone()))
        .unwrap_or_else(|_| panic!("{}", error(py)));
    (6..20).for_each(|i| set(&format!("n{i}"), i));
    for i in 0..20 {
        assert_eq!(
            int(&ok(
                py,
                protocol::get_attr_str(py, &instance, &format!("n{i}"))
            )),
            Some(i)
        );
    }
    assert_eq!(
        int(&ok(py, protocol::get_attr_str(py, &instance, "x"))),
        Some(2)
    );
    let fresh = ok(py, call(py, &b, &[]));
    protocol::set_attr(py, &fresh, &Str::intern("n0"), &Value::int(1)).unwrap();
    let slotted = made(py, "S", &[], &[("__slots__", Value::from(Str::new("q")))]);
    let result = protocol::set_attr(py, &instance, &name, &Value::from(slotted));
    assert_eq!(
        failure(py, result),
        "TypeError: __class__ assignment: 'S' object layout differs from 'B'"
    );
}

#[test]
fn metaclasses_are_chosen_and_called() {
    let (py, _guard) = runtime();
    let m = made(py, "M", &[&TYPE], &[]);
    let n = made(py, "N", &[&TYPE], &[]);
    let args = |name: &str, bases: &[&Type]| {
        let bases = Tuple::from_objects(bases.iter().map(|b| b.as_object()).collect::<Vec<_>>());
        [
            Value::from(Str::new(name)),
            Value::from(bases),
            Value::from(Dict::new()),
        ]
    };
    let a = ok(py, call(py, &m, &args("A", &[])));
    assert!(a.ty().is(&m));
    let b = ok(
        py,
        call(py, &TYPE, &args("B", &[a.downcast::<Type>().unwrap()])),
    );
    assert!(b.ty().is(&m));
    let conflict = failure(
        py,
        call(py, &n, &args("C", &[a.downcast::<Type>().unwrap()])),
    );
    assert!(
        conflict
            .starts_with("TypeError: metaclass conflict: the metaclass of a derived class must be")
    );
    assert_eq!(
        failure(py, call(py, &TYPE, &args("B", &[])[..2])),
        "TypeError: type() takes 1 or 3 arguments"
    );
    let instance = ok(py, call(py, b.downcast::<Type>().unwrap(), &[]));
    assert_eq!(instance.ty().short_name(), "B");
}

thread_local! {
    static KEPT: std::cell::RefCell<Option<Value>> = const { std::cell::RefCell::new(None) };
}

fn keep(
    _py: Py,
    _d: &'static NativeDef,
    this: Option<&Object>,
    _v: &[Value],
    _n: Option<&Tuple>,
) -> PyResult {
    KEPT.with(|k| *k.borrow_mut() = this.map(|t| Value::from(t.to_owned())));
    Ok(Value::none())
}

#[test]
fn finalisers_may_resurrect_once() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[("__del__", method("__del__()", keep))]);
    let instance = ok(py, call(py, &a, &[]));
    let word = instance.word();
    drop(instance);
    let kept = KEPT
        .with(|k| k.borrow_mut().take())
        .expect("the finaliser ran");
    assert_eq!(kept.word(), word);
    drop(kept);
    assert!(KEPT.with(|k| k.borrow().is_none()));
}

#[test]
fn super_starts_behind_the_class() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[("x", Value::int(1))]);
    let b = made(py, "B", &[&a], &[("x", Value::int(2))]);
    let instance = ok(py, call(py, &b, &[]));
    let object = instance.to_object();
    let found = crate::types::super_type::super_lookup(py, &b, &object, &Str::intern("x")).unwrap();
    assert_eq!(found.and_then(|v| int(&v)), Some(1));
    let sup = ok(
        py,
        call(
            py,
            &crate::types::super_type::SUPER,
            &[Value::from(b.clone()), instance],
        ),
    );
    assert_eq!(int(&ok(py, protocol::get_attr_str(py, &sup, "x"))), Some(1));
    assert_eq!(text(py, &sup), "<super: <class 'B'>, <B object>>");
    let wrong = [
        Value::from(Int::type_object().to_owned()),
        Value::from(Str::new("a")),
    ];
    assert_eq!(
        failure(py, call(py, &crate::types::super_type::SUPER, &wrong)),
        "TypeError: super(type, obj): obj (instance of str) is not an instance or subtype of type (int)."
    );
}

#[test]
fn a_class_dies_with_its_instances() {
    let (py, _guard) = runtime();
    let a = made(py, "A", &[], &[]);
    let names: Vec<String> = (0..200).map(|i| format!("C{i}")).collect();
    for name in &names {
        let c = made(py, name, &[&a], &[]);
        let instance = ok(py, call(py, &c, &[]));
        protocol::set_attr(py, &instance, &Str::intern("me"), &Value::int(1)).unwrap();
        assert!(c.has_flag(Py_TPFLAGS_READY));
        // The MRO holds the class itself: only the collector, or this, ends it.
        let clear = TYPE.raw().tp_clear.expect("classes can be cleared");
        drop(instance);
        // SAFETY: a living class.
        unsafe { clear(c.as_object().as_ptr()) };
    }
    assert!(a.subclasses().is_empty());
}
