//! Exceptions, ranges, slices, iterators and complex numbers without an interpreter.
//! The expected texts are CPython 3.14's.

use krait_object::exceptions as ex;
use krait_object::protocol::number::{BinaryOp, binary};
use krait_object::protocol::{self as p};
use krait_object::types::{
    complex, enumerate, filter, iterators, map, range, reversed, slice, zip,
};
use krait_object::{Layout, List, Py, PyResult, Str, Type, Value, gil, thread};

struct Runtime(Py);

impl Runtime {
    fn start() -> Runtime {
        let state = Box::leak(thread::ThreadState::new(1));
        // SAFETY: the only thread of the test, with a state of its own.
        let py = unsafe { gil::acquire(state) };
        gil::set_own_state(state);
        krait_object::init(py, (1, 2));
        Runtime(py)
    }

    fn error(&self) -> String {
        let exception = Value::from(self.0.thread().take_exception().expect("an exception"));
        let text = p::str(self.0, &exception).expect("its text");
        format!("{}: {}", exception.ty().name(), text.to_rust())
    }

    fn show(&self, result: PyResult) -> String {
        match result.and_then(|value| p::repr(self.0, &value)) {
            Ok(text) => text.to_rust().into_owned(),
            Err(_) => self.error(),
        }
    }

    fn make(&self, class: &'static Type, values: &[Value]) -> PyResult {
        p::call(self.0, &Value::from(Layout::to_owned(class)), values)
    }

    fn list(&self, iterable: PyResult) -> String {
        self.show(
            iterable
                .and_then(|i| p::iter::to_list(self.0, &i))
                .map(Value::from),
        )
    }
}

fn text(text: &str) -> Value {
    Value::from(Str::new(text))
}

fn construction(rt: &Runtime) {
    let cases: [(&'static Type, Vec<Value>, &str); 8] = [
        (&ex::ValueError, vec![text("x")], "ValueError('x')"),
        (
            &ex::ValueError,
            vec![text("x"), Value::int(3)],
            "ValueError('x', 3)",
        ),
        (&ex::ValueError, vec![], "ValueError()"),
        (
            &ex::OSError,
            vec![Value::int(2), text("x"), text("f")],
            "FileNotFoundError(2, 'x')",
        ),
        (
            &ex::SyntaxError,
            vec![text("m"), text("x")],
            "TypeError: function takes at least 4 arguments (1 given)",
        ),
        (
            &ex::UnicodeEncodeError,
            vec![text("x")],
            "TypeError: function takes exactly 5 arguments (1 given)",
        ),
        (
            &ex::UnicodeEncodeError,
            vec![
                text("a"),
                text("bcd"),
                Value::int(0),
                Value::int(2),
                text("r"),
            ],
            "UnicodeEncodeError('a', 'bcd', 0, 2, 'r')",
        ),
        (
            &ex::BaseExceptionGroup,
            vec![text("m"), Value::from(List::new())],
            "ValueError: second argument (exceptions) must be a non-empty sequence",
        ),
    ];
    for (class, values, expected) in cases {
        assert_eq!(rt.show(rt.make(class, &values)), expected);
    }
    let os = rt.make(
        &ex::OSError,
        &[
            Value::int(1),
            text("s"),
            text("f"),
            Value::none(),
            text("g"),
        ],
    );
    let os = p::str(rt.0, &os.expect("an exception")).expect("its text");
    assert_eq!(os.to_rust(), "[Errno 1] s: 'f' -> 'g'");
}

fn attributes(rt: &Runtime) {
    let exception = rt
        .make(&ex::ValueError, &[text("boo")])
        .expect("an exception");
    assert_eq!(
        rt.show(p::call_method_str(
            rt.0,
            &exception,
            "add_note",
            &[text("n")]
        )),
        "None"
    );
    assert_eq!(
        rt.show(p::get_attr_str(rt.0, &exception, "__notes__")),
        "['n']"
    );
    let reduced = p::call_method_str(rt.0, &exception, "__reduce__", &[]);
    assert_eq!(
        rt.show(reduced),
        "(<class 'ValueError'>, ('boo',), {'__notes__': ['n']})"
    );
    let cause = p::set_attr(rt.0, &exception, &Str::intern("__cause__"), &Value::int(5));
    assert_eq!(
        rt.show(cause.map(|()| Value::none())),
        "TypeError: exception cause must be None or derive from BaseException"
    );
}

fn groups(rt: &Runtime) {
    let one = rt
        .make(&ex::ValueError, &[text("boo")])
        .expect("an exception");
    let two = rt.make(&ex::TypeError, &[]).expect("an exception");
    let group = rt.make(
        &ex::BaseExceptionGroup,
        &[text("m"), Value::from(List::from_values([one, two]))],
    );
    let group = group.expect("a group");
    let class = Value::from(Layout::to_owned(&*ex::ValueError));
    assert_eq!(
        rt.show(p::call_method_str(
            rt.0,
            &group,
            "split",
            std::slice::from_ref(&class)
        )),
        "(ExceptionGroup('m', [ValueError('boo')]), ExceptionGroup('m', [TypeError()]))"
    );
    assert_eq!(
        rt.show(p::call_method_str(
            rt.0,
            &group,
            "subgroup",
            &[Value::int(1)]
        )),
        "TypeError: expected an exception type, a tuple of exception types, or a callable (other than a class)"
    );
}

fn contexts(rt: &Runtime) {
    let make = || {
        rt.make(&ex::ValueError, &[])
            .expect("an exception")
            .into_object()
    };
    let (a, b) = (make(), make());
    ex::chain_context(&a, b.clone());
    ex::chain_context(&b, a.clone());
    let context =
        |o: &krait_object::Object| ex::BaseException::from_object(o).and_then(|e| e.context());
    assert!(context(&a).is_none());
    assert!(context(&b).is_some_and(|c| c.is(&a)));
    let many: Vec<_> = (0..40).map(|_| ex::memory_error(rt.0)).collect();
    drop(many);
    assert_eq!(
        rt.show(Ok(Value::from(ex::memory_error(rt.0)))),
        "MemoryError()"
    );
}

fn ranges(rt: &Runtime) {
    let numbers = Value::from(range::range(rt.0, 0, 10, 3));
    assert_eq!(rt.show(Ok(numbers.clone())), "range(0, 10, 3)");
    assert_eq!(rt.list(Ok(numbers.clone())), "[0, 3, 6, 9]");
    assert_eq!(
        rt.list(rt.make(&reversed::REVERSED, std::slice::from_ref(&numbers))),
        "[9, 6, 3, 0]"
    );
    let back = Value::from(slice::Slice::new(
        &Value::none(),
        &Value::none(),
        &Value::int(-1),
    ));
    for (key, expected) in [
        (Value::int(-1), "9"),
        (Value::int(4), "IndexError: range object index out of range"),
        (back, "range(9, -3, -3)"),
    ] {
        assert_eq!(rt.show(p::get_item(rt.0, &numbers, &key)), expected);
    }
    let huge = binary(rt.0, BinaryOp::Lshift, &Value::int(1), &Value::int(70)).expect("an int");
    let wide = rt
        .make(
            &range::RANGE,
            &[huge.clone(), Value::int(0), Value::int(-1)],
        )
        .expect("a range");
    assert_eq!(rt.show(p::get_item(rt.0, &wide, &Value::int(-1))), "1");
    assert!(p::contains(rt.0, &wide, &huge).expect("a bool"));
    assert_eq!(
        rt.show(rt.make(&range::RANGE, &[])),
        "TypeError: range expected at least 1 argument, got 0"
    );
}

fn iteration(rt: &Runtime) {
    let letters = Value::from(List::from_values([text("a"), text("b")]));
    let numbers = Value::from(range::range(rt.0, 0, 3, 1));
    assert_eq!(
        rt.list(rt.make(&enumerate::ENUMERATE, std::slice::from_ref(&letters))),
        "[(0, 'a'), (1, 'b')]"
    );
    assert_eq!(
        rt.list(rt.make(&zip::ZIP, &[letters.clone(), numbers.clone()])),
        "[('a', 0), ('b', 1)]"
    );
    assert_eq!(
        rt.list(rt.make(&filter::FILTER, &[Value::none(), numbers.clone()])),
        "[1, 2]"
    );
    let class = Value::from(Layout::to_owned(&*complex::COMPLEX));
    assert_eq!(
        rt.list(rt.make(&map::MAP, &[class, numbers])),
        "[0j, (1+0j), (2+0j)]"
    );
    let old_style = Value::from(iterators::sequence_iter(&letters.to_object()));
    assert_eq!(rt.list(Ok(old_style)), "['a', 'b']");
}

fn complex_numbers(rt: &Runtime) {
    let number = rt
        .make(&complex::COMPLEX, &[text("1+2j")])
        .expect("a number");
    assert_eq!(
        rt.show(binary(rt.0, BinaryOp::Multiply, &number, &number)),
        "(-3+4j)"
    );
    assert_eq!(
        rt.show(binary(rt.0, BinaryOp::TrueDivide, &number, &Value::int(0))),
        "ZeroDivisionError: division by zero"
    );
    assert_eq!(
        rt.show(rt.make(&complex::COMPLEX, &[text("1+2")])),
        "ValueError: complex() arg is a malformed string"
    );
}

#[test]
fn as_in_cpython() {
    let rt = Runtime::start();
    construction(&rt);
    attributes(&rt);
    groups(&rt);
    contexts(&rt);
    ranges(&rt);
    iteration(&rt);
    complex_numbers(&rt);
}
