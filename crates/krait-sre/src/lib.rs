//! krait-sre.
