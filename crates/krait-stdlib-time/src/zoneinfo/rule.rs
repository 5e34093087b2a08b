//! Rules for the years after a zone's last transition: when daylight saving time starts
//! and ends.

use super::zone::{Info, Moment};
use crate::datetime::calendar;

const EPOCH: i64 = 719_163;

/// A day of the year.
#[derive(Clone, Copy)]
pub enum Day {
    /// 1 to 365; February 29 is never counted.
    Julian(i64),
    /// 0 to 365.
    Plain(i64),
    /// Month, week (5 is the last), and day of the week (0 is Sunday).
    Month(i32, i32, i32),
}

/// A day and a time of day in seconds, which may be negative or beyond a day.
#[derive(Clone, Copy)]
pub struct Change {
    pub day: Day,
    pub seconds: i64,
}

impl Change {
    /// The local time of the change in a year, in seconds since 1970.
    fn in_year(self, year: i32) -> i64 {
        let before = i64::from(calendar::days_before_year(year)) - EPOCH;
        let days = match self.day {
            Day::Julian(n) if n >= 60 && calendar::is_leap(year) => before + n + 1,
            Day::Julian(n) | Day::Plain(n) => before + n,
            Day::Month(month, week, weekday) => {
                // Monday is 0 in the calendar, Sunday is 0 in the rule.
                let first = calendar::weekday(year, month, 1);
                let mut day = (weekday - (first + 1)).rem_euclid(7) + 1 + (week - 1) * 7;
                if day > calendar::days_in_month(year, month) {
                    day -= 7;
                }
                i64::from(calendar::to_ordinal(year, month, day)) - EPOCH
            }
        };
        days * 86_400 + self.seconds
    }
}

/// Standard and daylight saving time, and when they change.
pub struct Rule {
    pub standard: Info,
    pub summer: Info,
    pub start: Change,
    pub end: Change,
}

fn within(start: i64, end: i64, t: i64) -> bool {
    if start < end {
        start <= t && t < end
    } else {
        !(end <= t && t < start)
    }
}

impl Rule {
    fn pick(&self, summer: bool) -> &Info {
        if summer { &self.summer } else { &self.standard }
    }

    pub fn at_local(&self, moment: &Moment) -> &Info {
        let (mut start, mut end) = (
            self.start.in_year(moment.year),
            self.end.in_year(moment.year),
        );
        // With fold 0 the smaller offset's time runs from the end of the gap to the end of
        // the fold; with fold 1 from the start of the gap to the beginning of the fold.
        let difference = self.summer.offset - self.standard.offset;
        if moment.fold == (difference >= 0) {
            end -= difference;
        } else {
            start += difference;
        }
        self.pick(within(start, end, moment.seconds))
    }

    pub fn at_utc(&self, moment: &Moment) -> (&Info, bool) {
        let start = self.start.in_year(moment.year) - self.standard.offset;
        let end = self.end.in_year(moment.year) - self.summer.offset;
        let summer = within(start, end, moment.seconds);
        let difference = self.summer.offset - self.standard.offset;
        let ambiguous = if difference > 0 {
            end..end + difference
        } else {
            start..start - difference
        };
        (self.pick(summer), ambiguous.contains(&moment.seconds))
    }
}
