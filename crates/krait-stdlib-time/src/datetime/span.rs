//! `Span`: a length of time in days, seconds and microseconds, without an object.

pub const SECONDS_PER_DAY: i32 = 86_400;
pub const MICROS_PER_SECOND: i64 = 1_000_000;
pub const MICROS_PER_DAY: i64 = SECONDS_PER_DAY as i64 * MICROS_PER_SECOND;
pub const MAX_DAYS: i32 = 999_999_999;

/// What always holds: `0 <= seconds < 86400` and `0 <= micros < 1000000`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
#[repr(C)]
pub struct Span {
    pub days: i32,
    pub seconds: i32,
    pub micros: i32,
}

/// Days beyond what a C int or a timedelta holds.
pub enum TooLong {
    Int,
    Days(i32),
}

impl Span {
    pub const fn seconds(seconds: i64) -> Span {
        Span {
            days: seconds.div_euclid(SECONDS_PER_DAY as i64) as i32,
            seconds: seconds.rem_euclid(SECONDS_PER_DAY as i64) as i32,
            micros: 0,
        }
    }

    pub fn from_micros(micros: i128) -> Result<Span, TooLong> {
        let days = micros.div_euclid(i128::from(MICROS_PER_DAY));
        let rest = micros.rem_euclid(i128::from(MICROS_PER_DAY)) as i64;
        let days = i32::try_from(days).map_err(|_| TooLong::Int)?;
        if days.abs() > MAX_DAYS {
            return Err(TooLong::Days(days));
        }
        Ok(Span {
            days,
            seconds: (rest / MICROS_PER_SECOND) as i32,
            micros: (rest % MICROS_PER_SECOND) as i32,
        })
    }

    /// Carries seconds and microseconds over that are out of their ranges.
    pub fn normal(days: i64, seconds: i64, micros: i64) -> Result<Span, TooLong> {
        let seconds = seconds + micros.div_euclid(MICROS_PER_SECOND);
        let days = days + seconds.div_euclid(i64::from(SECONDS_PER_DAY));
        let days = i32::try_from(days).map_err(|_| TooLong::Int)?;
        if days.abs() > MAX_DAYS {
            return Err(TooLong::Days(days));
        }
        Ok(Span {
            days,
            seconds: seconds.rem_euclid(i64::from(SECONDS_PER_DAY)) as i32,
            micros: micros.rem_euclid(MICROS_PER_SECOND) as i32,
        })
    }

    pub fn to_micros(self) -> i128 {
        i128::from(self.days) * i128::from(MICROS_PER_DAY)
            + i128::from(i64::from(self.seconds) * MICROS_PER_SECOND + i64::from(self.micros))
    }

    pub fn is_zero(self) -> bool {
        self == Span::default()
    }

    pub fn plus(self, other: Span) -> Result<Span, TooLong> {
        Span::normal(
            i64::from(self.days) + i64::from(other.days),
            i64::from(self.seconds) + i64::from(other.seconds),
            i64::from(self.micros) + i64::from(other.micros),
        )
    }

    pub fn minus(self, other: Span) -> Result<Span, TooLong> {
        Span::normal(
            i64::from(self.days) - i64::from(other.days),
            i64::from(self.seconds) - i64::from(other.seconds),
            i64::from(self.micros) - i64::from(other.micros),
        )
    }

    /// Whether it is strictly between minus and plus one day, as an offset must be.
    pub fn is_offset(self) -> bool {
        self.days == 0 || (self.days == -1 && (self.seconds > 0 || self.micros > 0))
    }
}
