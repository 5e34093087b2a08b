//! Dicts, sets, instance attributes and weak references, without an interpreter.

use krait_object::native::{Class, Instance, TypeBuilder};
use krait_object::protocol::{self, CompareOp};
use krait_object::types::set::{FrozenSet, Set};
use krait_object::types::{attributes, weakref};
use krait_object::*;

mod common;
use common::runtime;

fn s(text: &str) -> Value {
    Value::from(Str::new(text))
}

fn i(n: i64) -> Value {
    Value::int(n)
}

fn list(items: &[Value]) -> Value {
    Value::from(List::from_values(items.iter().cloned()))
}

fn tuple(items: &[Value]) -> Value {
    Value::from(Tuple::from_slice(items))
}

fn dict(py: Py, items: &[(Value, Value)]) -> Value {
    Value::from(Dict::from_pairs(py, items.iter().cloned()).unwrap())
}

fn set(py: Py, items: &[Value]) -> Value {
    Value::from(Set::from_iterable(py, &list(items)).unwrap())
}

fn frozen(py: Py, items: &[Value]) -> Value {
    Value::from(FrozenSet::from_iterable(py, &list(items)).unwrap())
}

fn error(py: Py) -> String {
    let exception = py.thread().take_exception().expect("an exception");
    let name = exception.ty().short_name().to_string();
    let text = protocol::str(py, &Value::from(exception)).expect("its text");
    format!("{name}: {}", text.to_rust())
}

/// The result's repr, or the error.
fn show(py: Py, result: PyResult) -> String {
    match result {
        Ok(value) => match protocol::repr(py, &value) {
            Ok(text) => text.to_rust().into_owned(),
            Err(_) => error(py),
        },
        Err(_) => error(py),
    }
}

fn call(py: Py, this: &Value, method: &str, arguments: &[Value]) -> PyResult {
    protocol::call_method_str(py, this, method, arguments)
}

fn shown(py: Py, this: &Value, method: &str, arguments: &[Value]) -> String {
    let result = call(py, this, method, arguments);
    show(py, result)
}

fn operator(py: Py, op: protocol::number::BinaryOp, a: &Value, b: &Value) -> String {
    let result = protocol::number::binary(py, op, a, b);
    show(py, result)
}

fn compared(py: Py, a: &Value, b: &Value, op: CompareOp) -> String {
    let result = protocol::rich_compare(py, a, b, op);
    show(py, result)
}

#[test]
fn dict_keeps_order_through_growth_and_deletion() {
    let (py, _guard) = runtime();
    let d = Dict::new();
    for n in 0..1000 {
        d.set_value(py, &i(n * 1024), i(n)).unwrap();
    }
    for n in (0..1000).filter(|n| n % 3 != 0) {
        assert!(d.remove(py, &i(n * 1024)).unwrap().is_some());
    }
    assert_eq!(d.len(), 334);
    let keys: Vec<i64> = d
        .keys_vec()
        .iter()
        .filter_map(Value::as_small_int)
        .collect();
    assert_eq!(
        keys,
        (0..1000)
            .filter(|n| n % 3 == 0)
            .map(|n| n * 1024)
            .collect::<Vec<_>>()
    );
    for n in 0..1000 {
        assert_eq!(d.get(py, &i(n * 1024)).unwrap().is_some(), n % 3 == 0);
    }
    while d.pop_last().is_some() {}
    assert!(d.is_empty() && d.get(py, &i(0)).unwrap().is_none());
    d.set_value(py, &s("again"), i(1)).unwrap();
    assert_eq!(show(py, Ok(Value::from(d))), "{'again': 1}");
}

#[test]
fn equal_numbers_are_one_key() {
    let (py, _guard) = runtime();
    let d = dict(
        py,
        &[
            (i(1), s("a")),
            (Value::float(1.0), s("b")),
            (Value::bool(true), s("c")),
        ],
    );
    assert_eq!(show(py, Ok(d.clone())), "{1: 'c'}");
    let boxed = Value::from(Int::from_i64(1000));
    let d = dict(
        py,
        &[(boxed, i(1)), (i(1000), i(2)), (Value::float(1000.0), i(3))],
    );
    assert_eq!(show(py, Ok(d)), "{1000: 3}");
    let big = Value::from(Int::from_i64(1 << 60));
    let d = dict(
        py,
        &[
            (big, i(1)),
            (Value::float((1u64 << 60) as f64), i(2)),
            (Value::int(1 << 60), i(3)),
        ],
    );
    assert_eq!(show(py, Ok(d)), "{1152921504606846976: 3}");
    let nan = Value::float(f64::NAN);
    let d = dict(
        py,
        &[
            (nan.clone(), i(1)),
            (nan, i(2)),
            (Value::float(0.0), i(3)),
            (Value::float(-0.0), i(4)),
        ],
    );
    assert_eq!(show(py, Ok(d)), "{nan: 2, 0.0: 4}");
    let d = dict(
        py,
        &[(i(-1), i(1)), (i(-2), i(2)), (Value::float(-1.0), i(3))],
    );
    assert_eq!(show(py, Ok(d)), "{-1: 3, -2: 2}");
}

#[test]
fn boxed_entries_stay_found() {
    let (py, _guard) = runtime();
    let value = dict(
        py,
        &[(i(300), i(400)), (Value::float(2.5), Value::float(3.5))],
    );
    let d = value.downcast::<Dict>().unwrap();
    let mut pos = 0;
    while d.boxed_entry(&mut pos).is_some() {}
    assert_eq!(
        d.get(py, &i(300))
            .unwrap()
            .and_then(|v| protocol::number::int_of(&v)),
        Some(400)
    );
    assert!(d.contains(py, &Value::float(2.5)).unwrap() && !d.contains(py, &i(301)).unwrap());
    d.set_value(py, &i(300), i(1)).unwrap();
    assert_eq!(show(py, Ok(value.clone())), "{300: 1, 2.5: 3.5}");
}

#[test]
fn dict_methods_and_errors() {
    let (py, _guard) = runtime();
    let d = dict(py, &[(s("a"), i(1)), (s("b"), i(2))]);
    assert_eq!(shown(py, &d, "get", &[s("a")]), "1");
    assert_eq!(shown(py, &d, "get", &[s("x")]), "None");
    assert_eq!(shown(py, &d, "get", &[s("x"), i(5)]), "5");
    assert_eq!(shown(py, &d, "setdefault", &[s("c"), i(3)]), "3");
    assert_eq!(shown(py, &d, "pop", &[s("c")]), "3");
    assert_eq!(shown(py, &d, "pop", &[s("c")]), "KeyError: 'c'");
    assert_eq!(
        shown(py, &d, "pop", &[tuple(&[i(1), i(2)])]),
        "KeyError: (1, 2)"
    );
    assert_eq!(shown(py, &d, "pop", &[s("c"), Value::none()]), "None");
    assert_eq!(
        shown(py, &d, "pop", &[]),
        "TypeError: pop expected at least 1 argument, got 0"
    );
    assert_eq!(
        shown(py, &d, "get", &[list(&[])]),
        "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')"
    );
    assert_eq!(
        shown(
            py,
            &d,
            "update",
            &[list(&[tuple(&[s("z"), i(9)]), s("xy")])]
        ),
        "None"
    );
    assert_eq!(
        show(py, Ok(d.clone())),
        "{'a': 1, 'b': 2, 'z': 9, 'x': 'y'}"
    );
    assert_eq!(
        shown(py, &d, "update", &[list(&[tuple(&[i(1)])])]),
        "ValueError: dictionary update sequence element #0 has length 1; 2 is required"
    );
    assert_eq!(
        shown(py, &d, "update", &[list(&[i(1)])]),
        "TypeError: object is not iterable"
    );
    assert_eq!(
        shown(py, &d, "update", &[i(1)]),
        "TypeError: 'int' object is not iterable"
    );
    assert_eq!(
        shown(py, &d, "update", &[i(1), i(2)]),
        "TypeError: update expected at most 1 argument, got 2"
    );
    assert_eq!(shown(py, &d, "popitem", &[]), "('x', 'y')");
    assert_eq!(shown(py, &d, "copy", &[]), "{'a': 1, 'b': 2, 'z': 9}");
    assert_eq!(shown(py, &d, "keys", &[]), "dict_keys(['a', 'b', 'z'])");
    assert_eq!(
        shown(py, &d, "items", &[]),
        "dict_items([('a', 1), ('b', 2), ('z', 9)])"
    );
    assert_eq!(shown(py, &d, "values", &[]), "dict_values([1, 2, 9])");
    let reversed = call(py, &d, "__reversed__", &[]).unwrap();
    assert_eq!(
        show(py, protocol::iter::to_list(py, &reversed).map(Value::from)),
        "['z', 'b', 'a']"
    );
    assert_eq!(shown(py, &d, "clear", &[]), "None");
    assert_eq!(
        shown(py, &d, "popitem", &[]),
        "KeyError: 'popitem(): dictionary is empty'"
    );
    assert_eq!(
        show(py, protocol::get_item(py, &d, &s("q"))),
        "KeyError: 'q'"
    );
    let class = Value::from(Dict::type_object().to_owned());
    assert_eq!(
        shown(py, &class, "fromkeys", &[s("ab"), i(0)]),
        "{'a': 0, 'b': 0}"
    );
    assert_eq!(
        show(py, protocol::call(py, &class, &[list(&[s("ab")])])),
        "{'a': 'b'}"
    );
    assert_eq!(
        show(py, protocol::call(py, &class, &[i(1), i(2)])),
        "TypeError: dict expected at most 1 argument, got 2"
    );
    let d = Dict::new();
    let itself = Value::from(d.clone());
    d.set_value(py, &i(1), itself.clone()).unwrap();
    assert_eq!(show(py, Ok(itself)), "{1: {...}}");
    d.clear();
}

#[test]
fn dict_operators_and_views() {
    let (py, _guard) = runtime();
    use protocol::number::BinaryOp as B;
    let a = dict(py, &[(s("a"), i(1)), (s("b"), i(2))]);
    let b = dict(py, &[(s("b"), Value::float(2.0)), (s("c"), i(3))]);
    assert_eq!(operator(py, B::Or, &a, &b), "{'a': 1, 'b': 2.0, 'c': 3}");
    assert_eq!(
        operator(py, B::Or, &a, &i(1)),
        "TypeError: unsupported operand type(s) for |: 'dict' and 'int'"
    );
    let same = dict(py, &[(s("b"), Value::float(2.0)), (s("a"), i(1))]);
    assert_eq!(compared(py, &a, &same, CompareOp::Eq), "True");
    assert_eq!(compared(py, &a, &b, CompareOp::Ne), "True");
    let (ka, kb) = (
        call(py, &a, "keys", &[]).unwrap(),
        call(py, &b, "keys", &[]).unwrap(),
    );
    assert_eq!(operator(py, B::And, &ka, &kb), "{'b'}");
    assert_eq!(operator(py, B::Subtract, &ka, &kb), "{'a'}");
    assert_eq!(operator(py, B::Subtract, &ka, &list(&[s("b")])), "{'a'}");
    let all = protocol::number::binary(py, B::Or, &ka, &kb).unwrap();
    assert_eq!(
        compared(py, &all, &set(py, &[s("a"), s("b"), s("c")]), CompareOp::Eq),
        "True"
    );
    let odd = protocol::number::binary(py, B::Xor, &ka, &kb).unwrap();
    assert_eq!(
        compared(py, &odd, &set(py, &[s("a"), s("c")]), CompareOp::Eq),
        "True"
    );
    assert_eq!(
        compared(py, &ka, &set(py, &[s("a"), s("b")]), CompareOp::Eq),
        "True"
    );
    assert_eq!(compared(py, &ka, &all, CompareOp::Lt), "True");
    assert_eq!(
        compared(py, &ka, &i(1), CompareOp::Le),
        "TypeError: '<=' not supported between instances of 'dict_keys' and 'int'"
    );
    let items = call(py, &a, "items", &[]).unwrap();
    assert!(protocol::contains(py, &items, &tuple(&[s("a"), Value::float(1.0)])).unwrap());
    assert!(!protocol::contains(py, &items, &tuple(&[s("a"), i(2)])).unwrap());
    assert_eq!(shown(py, &ka, "isdisjoint", &[list(&[s("q")])]), "True");
    assert_eq!(
        show(py, protocol::get_attr_str(py, &ka, "mapping")),
        "mappingproxy({'a': 1, 'b': 2})"
    );
    assert_eq!(
        show(py, protocol::hash(py, &ka).map(Value::int)),
        "TypeError: unhashable type: 'dict_keys'"
    );
    let iterator = Value::from(protocol::iter(py, &a).unwrap());
    assert_eq!(shown(py, &iterator, "__length_hint__", &[]), "2");
    assert_eq!(shown(py, &iterator, "__next__", &[]), "'a'");
    protocol::set_item(py, &a, &s("new"), &i(0)).unwrap();
    assert_eq!(
        shown(py, &iterator, "__next__", &[]),
        "RuntimeError: dictionary changed size during iteration"
    );
}

#[test]
fn versions_follow_keys() {
    let (py, _guard) = runtime();
    let d = Dict::new();
    let (x, y) = (Str::intern("x"), Str::intern("y"));
    d.set_str(py, &x, i(1)).unwrap();
    let version = d.keys_version(py);
    let at = d.find_index(py, &x).unwrap();
    d.set_str(py, &x, i(2)).unwrap();
    assert_eq!(d.current_version(), version);
    // SAFETY: the version is unchanged.
    assert_eq!(unsafe { *d.value_slot_at(at) }, i(2).word());
    d.set_str(py, &y, i(3)).unwrap();
    assert_ne!(d.keys_version(py), version);
    let version = d.keys_version(py);
    d.remove_str(py, &y);
    assert_ne!(d.keys_version(py), version);
    let other = Dict::new();
    assert_ne!(other.keys_version(py), d.keys_version(py));
}

#[test]
fn set_order_is_cpythons() {
    let (py, _guard) = runtime();
    let of = |items: &[i64]| set(py, &items.iter().map(|&n| i(n)).collect::<Vec<_>>());
    assert_eq!(show(py, Ok(of(&[3, 1, 2]))), "{1, 2, 3}");
    assert_eq!(show(py, Ok(of(&[100, 8, 16, 0, 5]))), "{0, 100, 5, 8, 16}");
    assert_eq!(
        show(py, Ok(of(&[40, 30, 20, 10, 50, 60, 70]))),
        "{70, 40, 10, 50, 20, 60, 30}"
    );
    let big = of(&(0..100).map(|n| n * 7 % 101).collect::<Vec<_>>());
    assert_eq!(protocol::length(py, &big).unwrap(), 100);
    assert_eq!(show(py, Ok(frozen(py, &[i(2), i(1)]))), "frozenset({1, 2})");
    assert_eq!(
        protocol::hash(py, &frozen(py, &[i(1), i(2), i(3)])).unwrap(),
        -272375401224217160
    );
    assert_eq!(
        protocol::hash(py, &frozen(py, &[])).unwrap(),
        133146708735736
    );
}

#[test]
fn set_methods_and_errors() {
    let (py, _guard) = runtime();
    use protocol::number::BinaryOp as B;
    let a = set(py, &[i(1), i(2), i(3)]);
    let b = set(py, &[i(3), i(4)]);
    assert_eq!(operator(py, B::Or, &a, &b), "{1, 2, 3, 4}");
    assert_eq!(operator(py, B::And, &a, &b), "{3}");
    assert_eq!(operator(py, B::Subtract, &a, &b), "{1, 2}");
    assert_eq!(operator(py, B::Xor, &a, &b), "{1, 2, 4}");
    assert_eq!(
        operator(py, B::Or, &frozen(py, &[i(1)]), &b),
        "frozenset({1, 3, 4})"
    );
    assert_eq!(
        operator(py, B::Or, &a, &list(&[])),
        "TypeError: unsupported operand type(s) for |: 'set' and 'list'"
    );
    assert_eq!(
        shown(py, &a, "union", &[list(&[i(9)]), b.clone()]),
        "{1, 2, 3, 4, 9}"
    );
    assert_eq!(shown(py, &a, "intersection", &[list(&[i(2), i(7)])]), "{2}");
    assert_eq!(shown(py, &a, "difference", &[list(&[i(2)])]), "{1, 3}");
    assert_eq!(
        shown(py, &a, "symmetric_difference", &[list(&[i(2), i(5)])]),
        "{1, 3, 5}"
    );
    assert_eq!(
        shown(py, &a, "issubset", &[list(&[i(1), i(2), i(3), i(4)])]),
        "True"
    );
    assert_eq!(shown(py, &a, "issuperset", &[list(&[i(1)])]), "True");
    assert_eq!(
        shown(py, &a, "isdisjoint", std::slice::from_ref(&b)),
        "False"
    );
    assert_eq!(compared(py, &a, &b, CompareOp::Lt), "False");
    assert_eq!(
        compared(py, &a, &frozen(py, &[i(3), i(2), i(1)]), CompareOp::Eq),
        "True"
    );
    assert_eq!(
        shown(py, &a, "add", &[list(&[])]),
        "TypeError: cannot use 'list' as a set element (unhashable type: 'list')"
    );
    assert_eq!(shown(py, &a, "remove", &[i(9)]), "KeyError: 9");
    assert_eq!(shown(py, &a, "discard", &[i(1)]), "None");
    assert_eq!(shown(py, &a, "pop", &[]), "2");
    assert_eq!(
        shown(py, &a, "intersection_update", std::slice::from_ref(&b)),
        "None"
    );
    assert_eq!(show(py, Ok(a.clone())), "{3}");
    assert_eq!(shown(py, &a, "clear", &[]), "None");
    assert_eq!(
        shown(py, &a, "pop", &[]),
        "KeyError: 'pop from an empty set'"
    );
    assert_eq!(show(py, Ok(a.clone())), "set()");
    let class = Value::from(Set::type_object().to_owned());
    assert_eq!(
        show(py, protocol::call(py, &class, &[i(1), i(2)])),
        "TypeError: set expected at most 1 argument, got 2"
    );
    assert_eq!(
        show(py, protocol::call(py, &class, &[i(1)])),
        "TypeError: 'int' object is not iterable"
    );
    let nested = set(py, &[frozen(py, &[i(1)])]);
    assert!(protocol::contains(py, &nested, &set(py, &[i(1)])).unwrap());
    assert!(
        FrozenSet::empty(py)
            .as_object()
            .is(frozen(py, &[]).as_object().unwrap())
    );
    for n in 0..5000 {
        let set = nested.downcast::<Set>().unwrap();
        assert!(set.add(py, &i(n * 64)).unwrap());
    }
    assert_eq!(protocol::length(py, &nested).unwrap(), 5001);
}

struct Plain;

impl Class for Plain {
    const NAME: &'static str = "test.Plain";
    krait_object::class_cell!();
    fn define(b: &mut TypeBuilder<Instance<Plain>>) {
        b.type_object().ext().inline_attrs.set(3);
        b.with_dict().with_weakrefs();
    }
}

fn names(n: usize) -> Vec<Owned<Str>> {
    (0..n)
        .map(|k| Str::intern(&format!("attribute_{k}")))
        .collect()
}

#[test]
fn attributes_in_shapes() {
    let (py, _guard) = runtime();
    let (one, two) = (Instance::new(py, Plain), Instance::new(py, Plain));
    let (one, two) = (one.as_object(), two.as_object());
    let keys = names(12);
    for (n, key) in keys.iter().enumerate() {
        attributes::set(py, one, key, i(n as i64)).unwrap();
        attributes::set(py, two, key, s(&format!("{n}"))).unwrap();
    }
    assert!(attributes::shape_of(one) == attributes::shape_of(two));
    // SAFETY: the shape is a living type's.
    let index = unsafe { attributes::index_of(attributes::shape_of(one), &keys[11]) };
    assert_eq!(index, Some(11));
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(
            attributes::get(py, one, key).and_then(|v| v.as_small_int()),
            Some(n as i64)
        );
        let plain = Str::new(&format!("attribute_{n}"));
        assert_eq!(
            attributes::get(py, one, &plain).and_then(|v| v.as_small_int()),
            Some(n as i64)
        );
    }
    assert!(attributes::get(py, one, &Str::new("nothing of this name")).is_none());
    attributes::set(py, one, &keys[4], s("four")).unwrap();
    assert!(attributes::delete(py, one, &keys[11]).unwrap());
    assert!(!attributes::delete(py, one, &keys[11]).unwrap());
    assert!(attributes::shape_of(one) != attributes::dictionary());
    attributes::set(py, one, &keys[11], i(11)).unwrap();
    assert!(attributes::shape_of(one) == attributes::shape_of(two));
    assert!(attributes::delete(py, one, &keys[0]).unwrap());
    assert!(attributes::shape_of(one) == attributes::dictionary());
    assert_eq!(attributes::dict(py, one).len(), 11);
    assert_eq!(
        attributes::get(py, one, &keys[4])
            .map(|v| show(py, Ok(v)))
            .as_deref(),
        Some("'four'")
    );
    assert_eq!(attributes::snapshot(py, two).len(), 12);
    let own = attributes::dict(py, two);
    own.set_str(py, &Str::intern("late"), i(7)).unwrap();
    assert_eq!(
        attributes::get(py, two, &Str::intern("late")).and_then(|v| v.as_small_int()),
        Some(7)
    );
    attributes::clear(two);
    assert!(attributes::get(py, two, &keys[0]).is_none());
}

#[test]
fn too_many_attributes_become_a_dict() {
    let (py, _guard) = runtime();
    let object = Instance::new(py, Plain);
    let keys = names(300);
    for (n, key) in keys.iter().enumerate() {
        attributes::set(py, object.as_object(), key, i(n as i64)).unwrap();
    }
    for (n, key) in keys.iter().enumerate() {
        assert_eq!(
            attributes::get(py, object.as_object(), key).and_then(|v| v.as_small_int()),
            Some(n as i64)
        );
    }
    assert!(attributes::shape_of(object.as_object()) == attributes::dictionary());
    for back in 1..=40 {
        let object = Instance::new(py, Plain);
        for key in &keys[..back] {
            attributes::set(py, object.as_object(), key, s("x")).unwrap();
        }
        for key in keys[..back].iter().rev() {
            assert!(attributes::delete(py, object.as_object(), key).unwrap());
        }
        assert!(attributes::get(py, object.as_object(), &keys[0]).is_none());
    }
}

#[test]
fn weak_references() {
    let (py, _guard) = runtime();
    let object = Instance::new(py, Plain);
    let make =
        |callback: Option<&Object>| weakref::new_ref(py, object.as_object(), callback).unwrap();
    let first = make(None);
    assert!(first.as_object().is(make(None).as_object()));
    let called = List::new();
    let append = protocol::get_attr_str(py, &Value::from(called.clone()), "append").unwrap();
    let (a, b) = (make(append.as_object()), make(append.as_object()));
    assert_eq!(weakref::count(object.as_object()), 3);
    assert_eq!(weakref::references(object.as_object()).len(), 3);
    assert!(first.upgrade().is_some());
    let proxy = Value::from(weakref::new_proxy(py, object.as_object(), None).unwrap());
    protocol::set_attr(py, &proxy, &Str::intern("colour"), &s("red")).unwrap();
    assert_eq!(
        show(
            py,
            protocol::get_attr_str(py, &Value::from(object.clone()), "colour")
        ),
        "'red'"
    );
    drop(object);
    assert!(first.is_dead() && a.is_dead());
    assert_eq!(called.len(), 2);
    assert!(
        called.get_object(0).unwrap().is(b.as_object()),
        "the newest is told first"
    );
    assert_eq!(
        show(py, protocol::get_attr_str(py, &proxy, "colour")),
        "ReferenceError: weakly-referenced object no longer exists"
    );
    assert_eq!(
        show(py, protocol::hash(py, &Value::from(a)).map(Value::int)),
        "TypeError: weak object has gone away"
    );
    let class = Value::from(weakref::WeakRef::type_object().to_owned());
    assert_eq!(
        show(py, protocol::call(py, &class, &[i(1)])),
        "TypeError: cannot create weak reference to 'int' object"
    );
    assert_eq!(
        show(py, protocol::call(py, &class, &[])),
        "TypeError: __new__ expected at least 1 argument, got 0"
    );
    let holder = set(py, &[]);
    let reference = weakref::new_ref(py, holder.as_object().unwrap(), None).unwrap();
    assert!(reference.upgrade().is_some());
    drop(holder);
    assert!(reference.upgrade().is_none());
}
