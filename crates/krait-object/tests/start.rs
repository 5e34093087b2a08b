//! The object layer starts, and simple operations work without an interpreter.

use krait_object::thread::ThreadState;
use krait_object::{Py, Str, Value, gil, protocol};

#[test]
fn start_and_repr() {
    let state = Box::leak(ThreadState::new(1));
    // SAFETY: the only thread of the test, with a state of its own.
    let py: Py = unsafe { gil::acquire(state) };
    gil::set_own_state(state);
    krait_object::init(py, (1, 2));
    let list = krait_object::List::from_values([
        Value::int(1),
        Value::float(2.5),
        Value::from(Str::new("é")),
    ]);
    let text = protocol::repr(py, &Value::from(list)).expect("repr");
    assert_eq!(text.to_rust(), "[1, 2.5, 'é']");
    let dict = krait_object::Dict::new();
    dict.set_value(py, &Value::int(1), Value::from(Str::new("a")))
        .expect("set");
    dict.set_value(py, &Value::float(1.0), Value::from(Str::new("b")))
        .expect("set");
    let text = protocol::repr(py, &Value::from(dict)).expect("repr");
    assert_eq!(text.to_rust(), "{1: 'b'}");
    let upper =
        protocol::call_method_str(py, &Value::from(Str::new("abc")), "upper", &[]).expect("upper");
    assert_eq!(protocol::str(py, &upper).expect("str").to_rust(), "ABC");
    let missing = protocol::get_attr_str(py, &Value::int(1), "nothing");
    assert!(missing.is_err());
    let error = py.thread().take_exception().expect("exception");
    assert_eq!(
        protocol::str(py, &Value::from(error))
            .expect("str")
            .to_rust(),
        "'int' object has no attribute 'nothing'"
    );
}
