//! Numbers.

use krait_object::protocol;
use krait_object::{Float, Int, Py, PyResult, Str, Value, raise};

use super::Loader;
use crate::errors::unpickling;
use crate::long;
use crate::opcode::*;

/// `int(text)`.
pub fn int_of_text(py: Py, text: &str) -> PyResult {
    let class = protocol::attr::type_value::<Int>();
    protocol::call(py, &class, &[Value::from(Str::new(text))])
}

impl Loader {
    pub(super) fn load_number(&mut self, py: Py, code: u8) -> PyResult<()> {
        let value = match code {
            INT => self.int_line(py)?,
            LONG => self.long_line(py)?,
            FLOAT => self.float_line(py)?,
            LONG1 => {
                let len = self.input.byte(py)?;
                long::decode(self.input.take(py, usize::from(len))?)
            }
            _ => {
                let len = i32::from_le_bytes(self.input.array(py)?);
                match usize::try_from(len) {
                    Ok(len) => long::decode(self.input.take(py, len)?),
                    Err(_) => return unpickling(py, "LONG pickle has negative byte count"),
                }
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// The text of a line.
    fn line_text(&mut self, py: Py) -> PyResult<String> {
        let line = self.input.filled_line(py)?;
        Ok(String::from_utf8_lossy(line).into_owned())
    }

    /// `INT`: a number, or a bool by its two digits.
    fn int_line(&mut self, py: Py) -> PyResult {
        let text = self.line_text(py)?;
        match text.as_str() {
            "00" => Ok(Value::bool(false)),
            "01" => Ok(Value::bool(true)),
            _ => match text.trim().parse::<i64>() {
                Ok(n) => Ok(Value::int(n)),
                Err(_) => int_of_text(py, &text),
            },
        }
    }

    fn long_line(&mut self, py: Py) -> PyResult {
        let text = self.line_text(py)?;
        int_of_text(py, text.strip_suffix('L').unwrap_or(&text))
    }

    fn float_line(&mut self, py: Py) -> PyResult {
        let text = self.line_text(py)?;
        let class = protocol::attr::type_value::<Float>();
        let value = protocol::call(py, &class, &[Value::from(Str::new(&text))]);
        if value.is_err()
            && krait_object::errors::take_if(py, &krait_object::exceptions::ValueError).is_some()
        {
            return raise!(py, ValueError, "could not convert string to float");
        }
        value
    }
}
