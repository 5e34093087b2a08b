//! krait-object.
