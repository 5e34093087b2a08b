//! `slice`: CPython's struct, and how sequences read it.

use krait_abi::*;
use krait_text::TextWriter;

use super::str::{Str, StrBuilder};
use super::tuple::Tuple;
use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::native::TypeBuilder;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::protocol::{self, CompareOp, number};
use crate::py::{Py, PyResult};
use crate::singletons;
use crate::value::Value;

pub(crate) mod arith;

/// A `slice`. Its fields are never null and do not change.
#[repr(transparent)]
pub struct Slice(PySliceObject, crate::object::Counted);

#[unsafe(export_name = "PySlice_Type")]
pub static SLICE: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Slice {}
// SAFETY: slice cannot be subclassed, and its instances have the layout.
unsafe impl Builtin for Slice {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &SLICE
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        std::ptr::eq(object.ty(), Self::type_object())
    }
}

/// A slice's numbers, independent of any length.
#[derive(Clone, Copy)]
pub struct Unpacked {
    pub start: isize,
    pub stop: isize,
    pub step: isize,
}

impl Unpacked {
    /// The numbers for a sequence of a length: first index, one past the last, step, and
    /// how many items there are.
    #[inline]
    pub fn adjust(self, len: usize) -> (isize, isize, isize, usize) {
        let (len, step) = (len as isize, self.step);
        let clip = |i: isize| match i {
            i if i < 0 => (i + len).max(if step < 0 { -1 } else { 0 }),
            i if i >= len => len - isize::from(step < 0),
            i => i,
        };
        let (start, stop) = (clip(self.start), clip(self.stop));
        let count = if step == 1 {
            (stop - start).max(0)
        } else if step > 0 && start < stop {
            (stop - start - 1) / step + 1
        } else if step < 0 && stop < start {
            (start - stop - 1) / -step + 1
        } else {
            0
        };
        (start, stop, step, count as usize)
    }
}

impl Slice {
    /// `slice(start, stop, step)`.
    pub fn new(start: &Value, stop: &Value, step: &Value) -> Owned<Slice> {
        let (start, stop, step) = (start.to_object(), stop.to_object(), step.to_object());
        // SAFETY: the block is fresh and large enough; all fields are written here.
        unsafe {
            let ptr =
                krait_heap::alloc_object(size_of::<PySliceObject>(), true).cast::<PySliceObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(SLICE.as_type_ptr());
            (*ptr).start = start.into_ptr();
            (*ptr).stop = stop.into_ptr();
            (*ptr).step = step.into_ptr();
            krait_heap::track(ptr.cast());
            Owned::from_raw(ptr.cast())
        }
    }

    #[inline(always)]
    pub fn start(&self) -> &Object {
        // SAFETY: the slice owns the field.
        unsafe { Object::from_ptr(self.0.start) }
    }

    #[inline(always)]
    pub fn stop(&self) -> &Object {
        // SAFETY: the slice owns the field.
        unsafe { Object::from_ptr(self.0.stop) }
    }

    #[inline(always)]
    pub fn step(&self) -> &Object {
        // SAFETY: the slice owns the field.
        unsafe { Object::from_ptr(self.0.step) }
    }

    fn fields(&self) -> [&Object; 3] {
        [self.start(), self.stop(), self.step()]
    }

    /// The slice's numbers. May run Python code (`__index__`), so the sequence's length
    /// is to be taken after it.
    pub fn unpack(&self, py: Py) -> PyResult<Unpacked> {
        unpack_values(
            py,
            &Value::unboxed(self.start()),
            &Value::unboxed(self.stop()),
            &Value::unboxed(self.step()),
        )
    }

    /// First index, one past the last, step and item count for a sequence of a length that
    /// cannot be changed by Python code.
    pub fn resolve(&self, py: Py, len: usize) -> PyResult<(isize, isize, isize, usize)> {
        Ok(self.unpack(py)?.adjust(len))
    }

    /// `slice.indices(length)` for a length of any size: start, stop, step.
    pub fn long_indices(&self, py: Py, length: &Value) -> PyResult<[Value; 3]> {
        let field = |o: &Object| slice_index(py, &Value::unboxed(o));
        let step = field(self.step())?.unwrap_or_else(|| Value::int(1));
        if arith::is_zero(&step) {
            return step_is_zero(py);
        }
        let down = arith::is_negative(&step);
        let (lower, upper) = match down {
            true => (Value::int(-1), arith::sub(length, &Value::int(1))),
            false => (Value::int(0), length.clone()),
        };
        let clip = |index: Value| {
            if arith::is_negative(&index) {
                let index = arith::add(&index, length);
                if arith::compare(&index, &lower).is_lt() {
                    lower.clone()
                } else {
                    index
                }
            } else if arith::compare(&index, &upper).is_gt() {
                upper.clone()
            } else {
                index
            }
        };
        let start = field(self.start())?.map(clip);
        let stop = field(self.stop())?.map(clip);
        let (first, last) = if down {
            (upper.clone(), lower.clone())
        } else {
            (lower.clone(), upper.clone())
        };
        Ok([start.unwrap_or(first), stop.unwrap_or(last), step])
    }
}

/// Where `[start:stop]` begins and ends in a sequence of a length, if both are None or small
/// integers.
#[inline]
pub fn quick_bounds(start: &Value, stop: &Value, len: usize) -> Option<(usize, usize)> {
    let number = |field: &Value, missing: isize| match field.as_small_int() {
        Some(i) => Some(i as isize),
        None => field.is_none().then_some(missing),
    };
    let unpacked = Unpacked {
        start: number(start, 0)?,
        stop: number(stop, isize::MAX)?,
        step: 1,
    };
    let (start, _, _, count) = unpacked.adjust(len);
    Some((start as usize, start as usize + count))
}

/// As `Slice::unpack`, for a slice that is not an object.
pub fn unpack_values(py: Py, start: &Value, stop: &Value, step: &Value) -> PyResult<Unpacked> {
    let step = match clipped(py, step)? {
        None => 1,
        Some(0) => return step_is_zero(py),
        Some(step) => step.max(-isize::MAX),
    };
    let start = clipped(py, start)?.unwrap_or(if step < 0 { isize::MAX } else { 0 });
    let stop = clipped(py, stop)?.unwrap_or(if step < 0 { isize::MIN } else { isize::MAX });
    Ok(Unpacked { start, stop, step })
}

#[cold]
fn step_is_zero<T>(py: Py) -> PyResult<T> {
    crate::raise!(py, ValueError, "slice step cannot be zero")
}

#[cold]
fn bad_index<T>(py: Py) -> PyResult<T> {
    crate::raise!(
        py,
        TypeError,
        "slice indices must be integers or None or have an __index__ method"
    )
}

/// A field as a machine number, clipped to its range; `None` for None.
#[inline]
fn clipped(py: Py, field: &Value) -> PyResult<Option<isize>> {
    if let Some(i) = field.as_small_int() {
        return Ok(Some(i as isize));
    }
    if field.is_none() {
        return Ok(None);
    }
    if !number::is_index(field) {
        return bad_index(py);
    }
    number::to_clipped_index(py, field).map(Some)
}

/// A field as an int; `None` for None.
fn slice_index(py: Py, field: &Value) -> PyResult<Option<Value>> {
    if field.is_none() {
        return Ok(None);
    }
    if !number::is_index(field) {
        return bad_index(py);
    }
    arith::exact_index(py, field).map(Some)
}

fn new(
    _py: Py,
    _class: &Type,
    first: &Value,
    stop: Option<&Value>,
    step: Option<&Value>,
) -> Owned<Slice> {
    let none = Value::none();
    match stop {
        None => Slice::new(&none, first, &none),
        Some(stop) => Slice::new(first, stop, step.unwrap_or(&none)),
    }
}

fn repr(py: Py, this: &Slice) -> PyResult<Owned<Str>> {
    let mut text = StrBuilder::new();
    for (i, field) in this.fields().into_iter().enumerate() {
        text.push_str(if i == 0 { "slice(" } else { ", " });
        protocol::repr::push_repr(py, &Value::unboxed(field), &mut text)?;
    }
    text.push_str(")");
    Ok(text.finish())
}

/// The hash of the fields: xxHash's mixing, as for tuples but without the length.
fn hash(py: Py, this: &Slice) -> PyResult<i64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut sum = PRIME_5;
    for field in this.fields() {
        let lane = protocol::hash(py, &Value::unboxed(field))? as u64;
        sum = sum
            .wrapping_add(lane.wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
    }
    Ok(if sum == u64::MAX {
        1_546_275_796
    } else {
        sum as i64
    })
}

fn compare(py: Py, this: &Slice, other: &Object, op: CompareOp) -> PyResult {
    let Some(other) = other.downcast::<Slice>() else {
        return Ok(Value::from_static(singletons::not_implemented()));
    };
    if std::ptr::eq(this, other) {
        return Ok(Value::bool(matches!(
            op,
            CompareOp::Eq | CompareOp::Le | CompareOp::Ge
        )));
    }
    let fields = |slice: &Slice| Value::from(Tuple::from_objects(slice.fields()));
    protocol::rich_compare(py, &fields(this), &fields(other), op)
}

fn indices(py: Py, this: &Slice, length: &Value) -> PyResult<Owned<Tuple>> {
    let length = arith::exact_index(py, length)?;
    if arith::is_negative(&length) {
        return crate::raise!(py, ValueError, "length should not be negative");
    }
    this.long_indices(py, &length).map(Tuple::from_values)
}

fn reduce(_py: Py, this: &Slice) -> Value {
    let class = Value::from(Layout::to_owned(this.as_object().ty()));
    Value::from(Tuple::from_values([
        class,
        Value::from(Tuple::from_objects(this.fields())),
    ]))
}

unsafe extern "C-unwind" fn dealloc(object: *mut PyObject) {
    // SAFETY: called once with a dying slice, which owns its fields.
    unsafe {
        krait_heap::untrack(object.cast());
        let slice = object.cast::<PySliceObject>();
        for field in [(*slice).start, (*slice).stop, (*slice).step] {
            Object::decref(field);
        }
        SLICE.free_instance(object);
    }
}

unsafe extern "C-unwind" fn traverse(
    object: *mut PyObject,
    visit: visitproc,
    arg: *mut std::ffi::c_void,
) -> i32 {
    // SAFETY: called with a living slice.
    let slice = unsafe { Object::from_ptr(object).cast_unchecked::<Slice>() };
    let mut visitor = crate::gc::Visitor::new(visit, arg);
    slice
        .fields()
        .into_iter()
        .for_each(|field| visitor.visit(field));
    visitor.result()
}

/// Fields are immutable: a cycle through a slice is broken elsewhere.
unsafe extern "C-unwind" fn no_clear(_object: *mut PyObject) -> i32 {
    0
}

pub(crate) fn define() {
    let mut b = TypeBuilder::<Slice>::new(&SLICE, "slice", size_of::<PySliceObject>());
    b.doc("slice(stop)\nslice(start, stop[, step])\n\nA slice, as extended slicing uses it (a[0:10:2]).")
        .dealloc_raw(dealloc)
        .gc_raw(traverse, no_clear)
        .new_with("slice(start, stop=<unrepresentable>, step=<unrepresentable>, /)", new)
        .repr(repr)
        .hash(hash)
        .compare(compare)
        .field("start", |_py: Py, this: &Slice| Layout::to_owned(this.start()))
        .field("stop", |_py: Py, this: &Slice| Layout::to_owned(this.stop()))
        .field("step", |_py: Py, this: &Slice| Layout::to_owned(this.step()))
        .method("__reduce__($self, /)", reduce)
        .method_doc(
            "indices($self, length, /)",
            "Returns (start, stop, step) as they apply to a sequence of the length; indices out\nof its bounds are clipped.",
            indices,
        );
    b.silent().finish();
}
