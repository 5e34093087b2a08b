//! krait-int.
