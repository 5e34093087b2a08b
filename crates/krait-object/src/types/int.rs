//! `int`: CPython's struct, 30-bit digits with sign and count in `lv_tag`.

use krait_abi::*;

use super::typeobject::{StaticType, Type};
use crate::errors;
use crate::object::{Builtin, Layout, Object, Owned};
use crate::py::PyResult;
use crate::value::Value;

pub mod methods;

/// An `int` on the heap.
#[repr(transparent)]
pub struct Int(std::cell::UnsafeCell<PyLongObject>);

#[unsafe(export_name = "PyLong_Type")]
pub static INT: StaticType = StaticType::new();

// SAFETY: the struct begins with the header.
unsafe impl Layout for Int {}
// SAFETY: instances of int and its subtypes have the layout.
unsafe impl Builtin for Int {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &INT
    }
    #[inline(always)]
    fn is_instance(object: &Object) -> bool {
        object.ty().has_flag(Py_TPFLAGS_LONG_SUBCLASS)
    }
}

/// Smallest and one past the largest of the ints that exist once.
const SMALL_MIN: i64 = -5;
const SMALL_END: i64 = 257;
const SMALL_COUNT: usize = (SMALL_END - SMALL_MIN) as usize;

static SMALL: Static<[PyLongObject; SMALL_COUNT]> = Static::new([PyLongObject::ZERO; SMALL_COUNT]);

const DIGIT_MASK: u64 = (1 << 30) - 1;
const SHIFT: u32 = _PyLong_NON_SIZE_BITS as u32;

fn tag(count: usize, negative: bool) -> usize {
    match (count, negative) {
        (0, _) => SIGN_ZERO,
        (_, true) => (count << SHIFT) | SIGN_NEGATIVE,
        (_, false) => count << SHIFT,
    }
}

impl Int {
    #[inline(always)]
    fn tag(&self) -> usize {
        self.value().lv_tag
    }

    /// The struct's part behind the header. It does not change once the int is made.
    #[inline(always)]
    fn value(&self) -> &_PyLongValue {
        // SAFETY: initialised, and only written before anyone else knows the int.
        unsafe { &(*self.0.get()).long_value }
    }

    #[inline(always)]
    fn first_digit(&self) -> *mut u32 {
        // SAFETY: only the field's address is taken.
        unsafe { (&raw mut (*self.0.get()).long_value.ob_digit).cast() }
    }

    #[inline(always)]
    pub fn is_negative(&self) -> bool {
        self.tag() & SIGN_NEGATIVE != 0
    }

    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.tag() & 3 == SIGN_ZERO
    }

    /// Number of digits; 0 for zero.
    #[inline(always)]
    pub fn digit_count(&self) -> usize {
        self.tag() >> SHIFT
    }

    /// The magnitude's digits, least significant first.
    #[inline(always)]
    pub fn digits(&self) -> &[u32] {
        // SAFETY: so many digits follow the head.
        unsafe { std::slice::from_raw_parts(self.first_digit(), self.digit_count()) }
    }

    /// The value where an immediate holds it: one digit, or two within 50 bits.
    #[inline(always)]
    pub fn compact_value(&self) -> Option<i64> {
        let count = self.digit_count();
        let sign = 1 - (self.tag() & 3) as i64;
        if count <= 1 {
            return Some(sign * i64::from(self.value().ob_digit[0]));
        }
        let digits = self.digits();
        if count == 2 {
            let value = sign * ((i64::from(digits[1]) << 30) | i64::from(digits[0]));
            return crate::value::fits(value).then_some(value);
        }
        None
    }

    #[inline(always)]
    pub fn equals(&self, other: &Int) -> bool {
        // The tags of small ints have a bit more.
        let differs = (self.tag() ^ other.tag()) & !IMMORTALITY_BIT_MASK != 0;
        if differs {
            return false;
        }
        self.value().ob_digit[0] == other.value().ob_digit[0]
            && (self.digit_count() <= 1 || self.digits() == other.digits())
    }

    pub fn to_i64(&self) -> Option<i64> {
        self.to_i128().and_then(|wide| i64::try_from(wide).ok())
    }

    /// The value where it has at most four digits (120 bits).
    pub fn to_i128(&self) -> Option<i128> {
        let digits = self.digits();
        if digits.len() > 4 {
            return None;
        }
        let magnitude = digits
            .iter()
            .rev()
            .fold(0i128, |sum, &d| (sum << 30) | i128::from(d));
        Some(if self.is_negative() {
            -magnitude
        } else {
            magnitude
        })
    }

    #[inline]
    pub fn from_i64(value: i64) -> Owned<Int> {
        if (SMALL_MIN..SMALL_END).contains(&value) {
            // SAFETY: the small ints are immortal and were made at start-up.
            return unsafe {
                Owned::from_raw(
                    SMALL
                        .as_ptr()
                        .cast::<Int>()
                        .add((value - SMALL_MIN) as usize),
                )
            };
        }
        let magnitude = value.unsigned_abs();
        if magnitude >> 60 == 0 {
            return Int::compact(magnitude, value < 0);
        }
        let count = 1 + usize::from(magnitude >> 30 != 0) + usize::from(magnitude >> 60 != 0);
        let int = Int::allocate(count, value < 0);
        int.write(
            &[
                (magnitude & DIGIT_MASK) as u32,
                ((magnitude >> 30) & DIGIT_MASK) as u32,
                (magnitude >> 60) as u32,
            ][..count],
        );
        int
    }

    pub fn from_i128(value: i128) -> Owned<Int> {
        if let Ok(small) = i64::try_from(value) {
            return Int::from_i64(small);
        }
        let mut magnitude = value.unsigned_abs();
        let mut digits = Vec::with_capacity(5);
        while magnitude != 0 {
            digits.push((magnitude as u64 & DIGIT_MASK) as u32);
            magnitude >>= 30;
        }
        Int::from_digits(value < 0, &digits)
    }

    /// From a normalised magnitude (no leading zero digit).
    pub fn from_digits(negative: bool, digits: &[u32]) -> Owned<Int> {
        if digits.len() <= 2 {
            let magnitude = digits
                .iter()
                .rev()
                .fold(0i64, |sum, &d| (sum << 30) | i64::from(d));
            if magnitude < SMALL_END {
                return Int::from_i64(if negative { -magnitude } else { magnitude });
            }
        }
        let int = Int::allocate(digits.len(), negative);
        int.write(digits);
        int
    }

    /// The immediate where it fits, the object otherwise.
    pub fn value_from_digits(negative: bool, digits: &[u32]) -> Value {
        if digits.len() <= 2 {
            let magnitude = digits
                .iter()
                .rev()
                .fold(0i64, |sum, &d| (sum << 30) | i64::from(d));
            return Value::int(if negative { -magnitude } else { magnitude });
        }
        Value::from(Int::from_digits(negative, digits))
    }

    /// A value whose magnitude a function writes: it gets room for so many digits, all zero,
    /// and gives the normalised length of what it wrote.
    pub fn build(room: usize, negative: bool, write: impl FnOnce(&mut [u32]) -> usize) -> Value {
        let int = Int::allocate(room, negative);
        // SAFETY: the int was just made with that room, and nobody else knows it yet.
        unsafe {
            std::ptr::write_bytes(int.first_digit(), 0, room);
            let digits = std::slice::from_raw_parts_mut(int.first_digit(), room);
            let len = write(digits);
            if len <= 2 {
                return Int::value_from_digits(negative, &digits[..len]);
            }
            (*int.0.get()).long_value.lv_tag = tag(len, negative);
        }
        Value::from(int)
    }

    /// An int of one or two digits.
    #[inline]
    fn compact(magnitude: u64, negative: bool) -> Owned<Int> {
        const SIZE: usize = std::mem::offset_of!(PyLongObject, long_value) + 8 + 2 * 4;
        let count = 1 + usize::from(magnitude >> 30 != 0);
        // SAFETY: the block is fresh and has room for two digits; all is written here.
        unsafe {
            let ptr = krait_heap::alloc_object(SIZE, false).cast::<PyLongObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(INT.as_type_ptr());
            (*ptr).long_value.lv_tag = tag(count, negative);
            let digits = (&raw mut (*ptr).long_value.ob_digit).cast::<u32>();
            digits.write((magnitude & DIGIT_MASK) as u32);
            digits.add(1).write((magnitude >> 30) as u32);
            Owned::from_raw(ptr.cast())
        }
    }

    fn allocate(count: usize, negative: bool) -> Owned<Int> {
        let size = std::mem::offset_of!(PyLongObject, long_value) + 8 + count.max(1) * 4;
        // SAFETY: the block is fresh and large enough; head and tag are written here.
        unsafe {
            let ptr = krait_heap::alloc_object(size, false).cast::<PyLongObject>();
            if ptr.is_null() {
                errors::out_of_memory();
            }
            (*ptr).ob_base = PyObject::new_heap(INT.as_type_ptr());
            (*ptr).long_value.lv_tag = tag(count, negative);
            (&raw mut (*ptr).long_value.ob_digit).cast::<u32>().write(0);
            Owned::from_raw(ptr.cast())
        }
    }

    /// Fills a fresh int's digits.
    fn write(&self, digits: &[u32]) {
        debug_assert_eq!(digits.len(), self.digit_count());
        // SAFETY: the int was just made with room for so many digits, and nobody else
        // knows it yet.
        unsafe { std::ptr::copy_nonoverlapping(digits.as_ptr(), self.first_digit(), digits.len()) }
    }

    /// An instance of a subclass with this magnitude.
    pub fn new_in(class: &Type, negative: bool, digits: &[u32]) -> PyResult<Owned> {
        let raw = class.allocate(digits.len())?;
        // SAFETY: the block has room for the digits and was zeroed.
        unsafe {
            (*raw.cast::<PyLongObject>()).long_value.lv_tag = tag(digits.len(), negative);
            let object = Owned::<Object>::from_raw(raw.cast());
            object.cast_unchecked_ref::<Int>().write(digits);
            class.track_new(raw);
            Ok(object)
        }
    }
}

impl Owned<Object> {
    /// # Safety
    /// The object has the layout `T`.
    pub(crate) unsafe fn cast_unchecked_ref<T: Layout>(&self) -> &T {
        // SAFETY: as the contract says.
        unsafe { Object::cast_unchecked::<T>(self) }
    }
}

/// Makes the small ints.
pub(crate) fn define() {
    for i in 0..SMALL_COUNT {
        let value = SMALL_MIN + i as i64;
        let mut int = PyLongObject::ZERO;
        int.ob_base = PyObject::head_init(INT.as_type_ptr());
        int.long_value.lv_tag = tag(usize::from(value != 0), value < 0) | IMMORTALITY_BIT_MASK;
        int.long_value.ob_digit[0] = value.unsigned_abs() as u32;
        // SAFETY: start-up, before any Python code runs.
        unsafe { (*SMALL.as_ptr())[i] = int }
    }
    let size = std::mem::offset_of!(PyLongObject, long_value) + 8;
    let mut b = crate::native::TypeBuilder::<Int>::new(&INT, "int", size);
    b.item_size(4)
        .subclassable()
        .flags(Py_TPFLAGS_LONG_SUBCLASS | _Py_TPFLAGS_MATCH_SELF)
        .dealloc_raw(super::float::dealloc);
    methods::define(&mut b);
    b.silent().finish();
}
