//! Format specifications of decimals.

/// What a specification asks for.
pub struct Spec {
    pub fill: char,
    pub align: char,
    pub sign: char,
    /// Whether a zero that was negative before rounding loses its sign.
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub zero_pad: bool,
    pub width: usize,
    pub separator: Option<char>,
    pub fraction_separator: Option<char>,
    pub precision: Option<i64>,
    pub kind: Option<char>,
}

/// Why text is no specification.
pub enum Fault {
    Invalid,
    TooLarge,
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn one_of(&mut self, allowed: &str) -> Option<char> {
        let found = self.peek(0).filter(|c| allowed.contains(*c))?;
        self.at += 1;
        Some(found)
    }

    fn number(&mut self) -> Option<i64> {
        let mut number: Option<i64> = None;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(10)) {
            let grown = number
                .unwrap_or(0)
                .saturating_mul(10)
                .saturating_add(i64::from(digit));
            number = Some(grown);
            self.at += 1;
        }
        number
    }
}

const ALIGN: &str = "<>=^";

impl Spec {
    pub fn parse(text: &str) -> Result<Spec, Fault> {
        let mut r = Reader {
            text: text.chars().collect(),
            at: 0,
        };
        let mut fill = None;
        if r.peek(1).is_some_and(|c| ALIGN.contains(c)) {
            fill = r.peek(0);
            r.at += 1;
        }
        let align = r.one_of(ALIGN);
        let sign = r.one_of("-+ ").unwrap_or('-');
        let no_negative_zero = r.one_of("z").is_some();
        let alternate = r.one_of("#").is_some();
        let zero_pad = r.one_of("0").is_some();
        if zero_pad && align.is_some() {
            return Err(Fault::Invalid);
        }
        let width = r.number().unwrap_or(0);
        let separator = r.one_of(",_");
        let (mut precision, mut fraction_separator) = (None, None);
        if r.one_of(".").is_some() {
            precision = r.number();
            fraction_separator = r.one_of(",_");
            if precision.is_none() && fraction_separator.is_none() {
                return Err(Fault::Invalid);
            }
        }
        let kind = r.one_of("eEfFgGn%");
        if r.peek(0).is_some() || (kind == Some('n') && separator.is_some()) {
            return Err(Fault::Invalid);
        }
        if precision == Some(0) && !matches!(kind, Some('e' | 'E' | 'f' | 'F' | '%')) {
            precision = Some(1);
        }
        let most = 1 << 40;
        if width > most || precision.is_some_and(|p| p > most) {
            return Err(Fault::TooLarge);
        }
        Ok(Spec {
            fill: fill.unwrap_or(if zero_pad { '0' } else { ' ' }),
            align: align.unwrap_or(if zero_pad { '=' } else { '>' }),
            sign,
            no_negative_zero,
            alternate,
            zero_pad,
            width: width as usize,
            separator,
            fraction_separator,
            precision,
            kind,
        })
    }
}
