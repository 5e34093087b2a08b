//! krait-heap.
