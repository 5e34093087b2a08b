//! `repr` of floats and complex numbers: the shortest digits that read back as the
//! same number, in Python's layout.

/// The shortest digits of a finite, non-negative float and the place of its decimal
/// point: the value is `0.DIGITS * 10**point`.
pub(super) struct Shortest {
    digits: [u8; 24],
    len: usize,
    pub point: i32,
}

impl Shortest {
    pub fn of(value: f64) -> Shortest {
        let mut buffer = ryu::Buffer::new();
        let text = buffer.format_finite(value).as_bytes();
        let (mantissa, exponent) = match text.iter().position(|&c| c == b'e') {
            Some(at) => (&text[..at], decimal(&text[at + 1..])),
            None => (text, 0),
        };
        let mut found = Shortest {
            digits: [0; 24],
            len: 0,
            point: 0,
        };
        let mut before_point = None;
        for &c in mantissa {
            if c == b'.' {
                before_point = Some(found.len);
            } else {
                found.digits[found.len] = c;
                found.len += 1;
            }
        }
        found.point = before_point.unwrap_or(found.len) as i32 + exponent;
        found.normalise();
        found
    }

    /// Drops zeros at both ends; zero itself is the digit `0` before the point.
    fn normalise(&mut self) {
        let zeros = self.digits[..self.len]
            .iter()
            .take_while(|&&c| c == b'0')
            .count();
        if zeros == self.len {
            (self.digits[0], self.len, self.point) = (b'0', 1, 1);
            return;
        }
        self.digits.copy_within(zeros..self.len, 0);
        self.len -= zeros;
        self.point -= zeros as i32;
        while self.digits[self.len - 1] == b'0' {
            self.len -= 1;
        }
    }

    pub fn digits(&self) -> &[u8] {
        &self.digits[..self.len]
    }
}

fn decimal(text: &[u8]) -> i32 {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let value = digits
        .iter()
        .fold(0, |value, c| value * 10 + i32::from(c - b'0'));
    if negative { -value } else { value }
}

/// `repr(value)`.
pub fn float_repr(value: f64) -> String {
    let mut out = String::with_capacity(24);
    push_float_repr(value, &mut out);
    out
}

/// Adds `repr(value)` to `out`.
pub fn push_float_repr(value: f64, out: &mut String) {
    if !value.is_finite() {
        out.push_str(if value.is_nan() {
            "nan"
        } else if value > 0.0 {
            "inf"
        } else {
            "-inf"
        });
        return;
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    let magnitude = value.abs();
    // In this range the digit generator's layout is Python's.
    if (1e-4..1e16).contains(&magnitude) || magnitude == 0.0 {
        out.push_str(text);
        return;
    }
    if value < 0.0 {
        out.push('-');
    }
    let shortest = Shortest::of(magnitude);
    push_exponential(shortest.digits(), shortest.point - 1, false, b'e', out);
}

/// Adds `D.DDDe+XX`.
pub(super) fn push_exponential(
    digits: &[u8],
    exponent: i32,
    keep_point: bool,
    letter: u8,
    out: &mut String,
) {
    out.push(char::from(digits[0]));
    if digits.len() > 1 || keep_point {
        out.push('.');
    }
    out.extend(digits[1..].iter().map(|&c| char::from(c)));
    out.push(char::from(letter));
    out.push(if exponent < 0 { '-' } else { '+' });
    let size = exponent.unsigned_abs();
    if size < 10 {
        out.push('0');
    }
    out.push_str(&size.to_string());
}

/// `repr(complex(real, imag))`.
pub fn complex_repr(real: f64, imag: f64) -> String {
    let mut out = String::with_capacity(48);
    if real == 0.0 && real.is_sign_positive() {
        push_plain(imag, &mut out);
        out.push('j');
        return out;
    }
    out.push('(');
    push_plain(real, &mut out);
    if imag.is_nan() || imag.is_sign_positive() {
        out.push('+');
    }
    push_plain(imag, &mut out);
    out.push_str("j)");
    out
}

/// `repr` without a trailing `.0`.
fn push_plain(value: f64, out: &mut String) {
    push_float_repr(value, out);
    if out.ends_with(".0") {
        out.truncate(out.len() - 2);
    }
}
