//! The proleptic Gregorian calendar: years, months, ordinals, ISO weeks.
//!
//! Ordinal 1 is January 1 of year 1.

const DAYS_BEFORE: [i32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN: [i32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The last ordinal, December 31, 9999.
pub const MAX_ORDINAL: i32 = 3_652_059;

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[inline]
pub fn days_in_month(year: i32, month: i32) -> i32 {
    if month == 2 && is_leap(year) {
        29
    } else {
        DAYS_IN[month as usize]
    }
}

/// Days of the year before the month.
#[inline]
pub fn days_before_month(year: i32, month: i32) -> i32 {
    DAYS_BEFORE[month as usize] + i32::from(month > 2 && is_leap(year))
}

/// Days before January 1 of the year.
#[inline]
pub fn days_before_year(year: i32) -> i32 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

#[inline]
pub fn to_ordinal(year: i32, month: i32, day: i32) -> i32 {
    days_before_year(year) + days_before_month(year, month) + day
}

/// Year, month and day of an ordinal, which is at least 1.
///
/// Counted from March 1 of year 0, leap days end their years, and all lengths of months
/// follow from one linear formula.
pub fn from_ordinal(ordinal: i32) -> (i32, i32, i32) {
    let day = ordinal + 305;
    let century = day / 146_097;
    let of_era = day % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (year_of_era + century * 400 + carry, month, day_of_month)
}

/// Monday is 0.
#[inline]
pub fn weekday(year: i32, month: i32, day: i32) -> i32 {
    (to_ordinal(year, month, day) + 6) % 7
}

/// The ordinal of the Monday of ISO week 1.
pub fn iso_week_one(year: i32) -> i32 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6) % 7;
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week, and weekday (Monday is 1).
pub fn to_iso(year: i32, month: i32, day: i32) -> (i32, i32, i32) {
    let (mut iso_year, mut monday) = (year, iso_week_one(year));
    let today = to_ordinal(year, month, day);
    if today < monday {
        iso_year -= 1;
        monday = iso_week_one(iso_year);
    } else if today >= monday + 357 {
        let next = iso_week_one(year + 1);
        if today >= next {
            iso_year += 1;
            monday = next;
        }
    }
    let days = today - monday;
    (iso_year, days / 7 + 1, days % 7 + 1)
}

/// What is wrong with an ISO date.
pub enum IsoFault {
    Year,
    Week,
    Weekday,
}

/// Year, month and day of an ISO date.
pub fn from_iso(year: i32, week: i32, weekday: i32) -> Result<(i32, i32, i32), IsoFault> {
    if !(super::MIN_YEAR..=super::MAX_YEAR).contains(&year) {
        return Err(IsoFault::Year);
    }
    if !(1..53).contains(&week) {
        let first = to_ordinal(year, 1, 1) % 7;
        let long = first == 4 || (first == 3 && is_leap(year));
        if week != 53 || !long {
            return Err(IsoFault::Week);
        }
    }
    if !(1..=7).contains(&weekday) {
        return Err(IsoFault::Weekday);
    }
    // Ordinals before 1 cannot be: January 1 of year 1 is a Monday.
    Ok(from_ordinal(
        iso_week_one(year) + (week - 1) * 7 + weekday - 1,
    ))
}
