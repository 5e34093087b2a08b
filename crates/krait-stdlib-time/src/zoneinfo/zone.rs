//! A zone's data and how it is looked up.

use krait_object::Value;

use super::rule::Rule;

/// What holds in a zone for a while: offset from UTC, part of it that is daylight saving
/// time, and the abbreviation.
#[derive(Clone)]
pub struct Info {
    pub offset: i64,
    pub dst: i64,
    /// A `timedelta` of each.
    pub offset_object: Value,
    pub dst_object: Value,
    pub name: Value,
}

/// What holds after the last transition.
pub enum After {
    Fixed(Info),
    Rule(Box<Rule>),
}

/// What a zone asks of a datetime: seconds since 1970 on its clock, year, and fold.
pub struct Moment {
    pub seconds: i64,
    pub year: i32,
    pub fold: bool,
}

pub struct Zone {
    /// Seconds since 1970: in UTC, and on the clock for both folds.
    pub utc: Vec<i64>,
    pub local: [Vec<i64>; 2],
    /// What begins at each transition.
    pub infos: Vec<Info>,
    /// What holds before the first one.
    pub before: Option<Info>,
    pub after: After,
    /// Whether the same holds at all times.
    pub is_fixed: bool,
}

/// How many of the sorted numbers are at most `x`.
fn at_most(numbers: &[i64], x: i64) -> usize {
    numbers.partition_point(|&n| n <= x)
}

impl Zone {
    fn before(&self) -> Option<&Info> {
        self.before.as_ref().or_else(|| self.infos.first())
    }

    pub fn fixed(&self) -> Option<&Info> {
        match &self.after {
            After::Fixed(info) if self.is_fixed => Some(info),
            _ => None,
        }
    }

    /// What holds at a local time.
    pub fn at_local(&self, moment: &Moment) -> &Info {
        let times = &self.local[usize::from(moment.fold)];
        let index = at_most(times, moment.seconds);
        if index == 0
            && !times.is_empty()
            && let Some(before) = self.before()
        {
            return before;
        }
        let past_last = times.last().is_none_or(|&last| moment.seconds > last);
        match (&self.after, past_last) {
            (After::Fixed(info), true) => info,
            (After::Rule(rule), true) => rule.at_local(moment),
            (after, false) => match (self.infos.get(index.saturating_sub(1)), after) {
                (Some(info), _) | (None, After::Fixed(info)) => info,
                (None, After::Rule(rule)) => rule.at_local(moment),
            },
        }
    }

    /// What holds at a time of UTC, and whether that clock reading is the second one.
    pub fn at_utc(&self, moment: &Moment) -> (&Info, bool) {
        let seconds = moment.seconds;
        let index = at_most(&self.utc, seconds);
        if index == 0
            && !self.utc.is_empty()
            && let Some(before) = self.before()
        {
            return (before, false);
        }
        let past_last = self.utc.last().is_none_or(|&last| seconds > last);
        match &self.after {
            After::Rule(rule) if past_last => return rule.at_utc(moment),
            After::Fixed(info) if self.utc.is_empty() => return (info, false),
            _ => {}
        }
        let previous = match index {
            0 | 1 => self.before(),
            _ => self.infos.get(index - 2),
        };
        let (Some(now), Some(previous)) = (self.infos.get(index.saturating_sub(1)), previous)
        else {
            return match &self.after {
                After::Fixed(info) => (info, false),
                After::Rule(rule) => rule.at_utc(moment),
            };
        };
        let now = match &self.after {
            After::Fixed(last) if past_last && self.utc.len() == 1 => last,
            _ => now,
        };
        let since = seconds - self.utc[index.saturating_sub(1)];
        (now, previous.offset - now.offset > since)
    }
}
