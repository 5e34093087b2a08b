//! `Region`: memory of some shape, as a buffer describes it, and copying of it.

use krait_abi::{Py_buffer, PyBUF_MAX_NDIM};

/// Memory seen as an array of items. Strides are in bytes; a suboffset that is not
/// negative says that the dimension's items are pointers to follow.
#[derive(Clone, Copy)]
pub struct Region<'a> {
    pub data: *mut u8,
    pub itemsize: usize,
    pub shape: &'a [isize],
    pub strides: &'a [isize],
    /// Empty where there are none.
    pub suboffsets: &'a [isize],
}

/// An array of a buffer, empty where it is absent.
///
/// # Safety
/// A pointer that is not null is to `ndim` numbers.
unsafe fn numbers<'a>(pointer: *const isize, ndim: usize) -> &'a [isize] {
    if pointer.is_null() || ndim == 0 {
        return &[];
    }
    // SAFETY: as the contract says.
    unsafe { std::slice::from_raw_parts(pointer, ndim) }
}

/// Strides of C order.
fn c_strides(shape: &[isize], itemsize: isize, strides: &mut [isize]) {
    let mut step = itemsize;
    for (stride, length) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.wrapping_mul(*length);
    }
}

/// Fills the dimensions of a view from another buffer of as many dimensions (at least
/// one) that may leave out shape and strides.
///
/// # Safety
/// The view's `shape` and `strides`, and `suboffsets`, have room for the dimensions.
pub(super) unsafe fn copy_dimensions(
    from: &Py_buffer,
    view: &mut Py_buffer,
    suboffsets: *mut isize,
) {
    let ndim = from.ndim as usize;
    // SAFETY: as the contract says, and the source's arrays are null or as long.
    unsafe {
        let shape = std::slice::from_raw_parts_mut(view.shape, ndim);
        let strides = std::slice::from_raw_parts_mut(view.strides, ndim);
        match numbers(from.shape, ndim) {
            [] => {
                shape[0] = if from.itemsize > 0 {
                    from.len / from.itemsize
                } else {
                    0
                }
            }
            given => shape.copy_from_slice(given),
        }
        match numbers(from.strides, ndim) {
            [] => c_strides(shape, from.itemsize, strides),
            given => strides.copy_from_slice(given),
        }
        let given = numbers(from.suboffsets, ndim);
        if !given.is_empty() {
            std::ptr::copy_nonoverlapping(given.as_ptr(), suboffsets, ndim);
            view.suboffsets = suboffsets;
        }
    }
}

/// Calls with the region of a buffer that may leave out shape and strides.
pub fn with_region<R>(buffer: &Py_buffer, then: impl FnOnce(Region<'_>) -> R) -> R {
    let ndim = (buffer.ndim as usize).min(PyBUF_MAX_NDIM as usize);
    let mut arrays = [[0isize; PyBUF_MAX_NDIM as usize]; 3];
    let mut view = *buffer;
    let [shape, strides, suboffsets] = &mut arrays;
    view.shape = shape.as_mut_ptr();
    view.strides = strides.as_mut_ptr();
    view.suboffsets = std::ptr::null_mut();
    // SAFETY: the arrays have room for all dimensions there may be.
    unsafe {
        if ndim > 0 {
            copy_dimensions(buffer, &mut view, suboffsets.as_mut_ptr());
        }
        then(Region::of_view(&view))
    }
}

impl<'a> Region<'a> {
    /// # Safety
    /// Shape, strides and suboffsets are null or arrays of `ndim` numbers; the region is
    /// used only while the memory is in place.
    #[inline(always)]
    pub unsafe fn of_view(view: &Py_buffer) -> Region<'a> {
        let ndim = view.ndim as usize;
        // SAFETY: as the contract says.
        unsafe {
            Region {
                data: view.buf.cast(),
                // What has no dimensions is one item, whatever size its type has.
                itemsize: if ndim == 0 { view.len } else { view.itemsize } as usize,
                shape: numbers(view.shape, ndim),
                strides: numbers(view.strides, ndim),
                suboffsets: numbers(view.suboffsets, ndim),
            }
        }
    }

    /// How many items there are.
    pub fn count(&self) -> usize {
        self.shape.iter().map(|n| *n as usize).product()
    }

    fn has_steps(&self, dimensions: impl Iterator<Item = usize>) -> bool {
        if !self.suboffsets.is_empty() {
            return false;
        }
        if self.shape.contains(&0) {
            return true;
        }
        let mut step = self.itemsize as isize;
        for i in dimensions {
            if self.shape[i] > 1 && self.strides[i] != step {
                return false;
            }
            step = step.wrapping_mul(self.shape[i]);
        }
        true
    }

    pub fn is_c_contiguous(&self) -> bool {
        self.has_steps((0..self.shape.len()).rev())
    }

    pub fn is_f_contiguous(&self) -> bool {
        self.has_steps(0..self.shape.len())
    }

    /// The memory as bytes where it is in C order without gaps.
    pub fn as_contiguous(&self) -> Option<&'a [u8]> {
        if !self.is_c_contiguous() {
            return None;
        }
        let len = self.count() * self.itemsize;
        if len == 0 || self.data.is_null() {
            return Some(&[]);
        }
        // SAFETY: the buffer promises so many bytes there.
        Some(unsafe { std::slice::from_raw_parts(self.data, len) })
    }

    /// The address of an item of the first dimension; the index is inside the shape.
    #[inline(always)]
    pub fn item(&self, index: isize) -> *mut u8 {
        debug_assert!(index >= 0 && index < self.shape[0]);
        // SAFETY: the buffer promises items at such places.
        unsafe {
            self.follow(
                self.data
                    .wrapping_offset(self.strides[0].wrapping_mul(index)),
            )
        }
    }

    /// # Safety
    /// The address is that of an item of the first dimension.
    #[inline(always)]
    unsafe fn follow(&self, at: *mut u8) -> *mut u8 {
        match self.suboffsets.first() {
            // SAFETY: the exporter says that a pointer stands there.
            Some(&offset) if offset >= 0 => unsafe {
                at.cast::<*mut u8>()
                    .read_unaligned()
                    .wrapping_offset(offset)
            },
            _ => at,
        }
    }

    /// What an index of the first dimension selects.
    #[inline]
    pub fn inner(&self, index: isize) -> Region<'a> {
        Region {
            data: self.item(index),
            shape: &self.shape[1..],
            strides: &self.strides[1..],
            suboffsets: self.suboffsets.get(1..).unwrap_or(&[]),
            ..*self
        }
    }

    /// Calls with the address of each item, in C order.
    pub fn each(&self, f: &mut impl FnMut(*mut u8)) {
        match self.shape {
            [] => f(self.data),
            [length] => (0..*length).for_each(|i| f(self.item(i))),
            [length, ..] => (0..*length).for_each(|i| self.inner(i).each(f)),
        }
    }

    /// Calls with the address of each item, the first index moving fastest.
    fn each_fortran(&self, f: &mut impl FnMut(*mut u8)) {
        let mut index = vec![0isize; self.shape.len()];
        for _ in 0..self.count() {
            let region = index.iter().fold(*self, |region, i| region.inner(*i));
            f(region.data);
            for (i, length) in index.iter_mut().zip(self.shape) {
                *i += 1;
                if *i < *length {
                    break;
                }
                *i = 0;
            }
        }
    }

    /// A copy of the items; `None` where memory is exhausted.
    pub fn to_vec(&self, fortran: bool) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        out.try_reserve_exact(self.count().checked_mul(self.itemsize)?)
            .ok()?;
        if !fortran && let Some(data) = self.as_contiguous() {
            out.extend_from_slice(data);
            return Some(out);
        }
        let itemsize = self.itemsize;
        let mut push = |at: *mut u8| {
            // SAFETY: the buffer promises an item there.
            out.extend_from_slice(unsafe { std::slice::from_raw_parts(at, itemsize) });
        };
        if fortran {
            self.each_fortran(&mut push)
        } else {
            self.each(&mut push)
        }
        Some(out)
    }

    /// Overwrites the items with those in a run of bytes, which holds as many.
    pub fn fill_from(&self, data: &[u8]) {
        let (mut items, itemsize) = (data.chunks_exact(self.itemsize.max(1)), self.itemsize);
        self.each(&mut |at| {
            if let Some(item) = items.next() {
                // SAFETY: the buffer promises a writable item there.
                unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), at, itemsize) }
            }
        });
    }

    /// Copies the items of a region of the same shape; the two may overlap.
    pub fn copy_from(&self, from: &Region<'_>) -> Option<()> {
        match (self.is_c_contiguous(), from.as_contiguous()) {
            (true, Some(data)) => {
                // SAFETY: both are as long; `copy` allows them to overlap.
                unsafe { std::ptr::copy(data.as_ptr(), self.data, data.len()) }
            }
            _ => self.fill_from(&from.to_vec(false)?),
        }
        Some(())
    }
}
