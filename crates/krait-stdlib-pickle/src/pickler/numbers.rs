//! Bools, ints and floats.

use krait_object::protocol;
use krait_object::{Int, Layout, Py, PyResult, Value};

use super::Pickler;
use crate::long;
use crate::opcode::*;

impl Pickler {
    pub(super) fn save_bool(&self, value: bool) {
        if self.protocol.get() >= 2 {
            self.put(&[if value { NEWTRUE } else { NEWFALSE }]);
        } else {
            self.put(if value { b"I01\n" } else { b"I00\n" });
        }
    }

    pub(super) fn save_small_int(&self, n: i64) {
        let Ok(short) = i32::try_from(n) else {
            return self.save_wide(n);
        };
        if !self.is_binary() {
            return self.put(format!("I{n}\n").as_bytes());
        }
        let [a, b, c, d] = short.to_le_bytes();
        match short {
            0..=0xFF => self.put(&[BININT1, a]),
            0x100..=0xFFFF => self.put(&[BININT2, a, b]),
            _ => self.put(&[BININT, a, b, c, d]),
        }
    }

    /// An int beyond 32 bits.
    fn save_wide(&self, n: i64) {
        if self.protocol.get() < 2 {
            return self.put(format!("L{n}L\n").as_bytes());
        }
        let mut bytes = Vec::with_capacity(8);
        long::encode_small(n, &mut bytes);
        self.put(&[LONG1, bytes.len() as u8]);
        self.put(&bytes);
    }

    pub(super) fn save_int(&self, py: Py, int: &Int) -> PyResult<()> {
        if let Some(n) = int.to_i64() {
            self.save_small_int(n);
            return Ok(());
        }
        if self.protocol.get() < 2 {
            let text = protocol::repr(py, &Value::from(int.to_owned()))?;
            self.put(&[LONG]);
            self.put(text.to_rust().as_bytes());
            self.put(b"L\n");
            return Ok(());
        }
        let bytes = long::encode(int);
        match u8::try_from(bytes.len()) {
            Ok(len) => self.put(&[LONG1, len]),
            Err(_) => {
                let Ok(len) = i32::try_from(bytes.len()) else {
                    return krait_object::raise!(py, OverflowError, "int too large to pickle");
                };
                self.put(&[LONG4]);
                self.put(&len.to_le_bytes());
            }
        }
        self.put(&bytes);
        Ok(())
    }

    pub(super) fn save_float(&self, py: Py, f: f64) -> PyResult<()> {
        if self.is_binary() {
            let mut bytes = [BINFLOAT; 9];
            bytes[1..].copy_from_slice(&f.to_be_bytes());
            self.put(&bytes);
            return Ok(());
        }
        let text = protocol::repr(py, &Value::float(f))?;
        self.put(&[FLOAT]);
        self.put(text.to_rust().as_bytes());
        self.put(b"\n");
        Ok(())
    }
}
