//! krait-abi.
