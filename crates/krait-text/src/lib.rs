//! krait-text.
