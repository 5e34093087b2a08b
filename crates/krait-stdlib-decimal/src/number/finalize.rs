//! Rounding of results to a context.

use super::coeff::{Coeff, Rest};
use super::context::{Context, Rounding, status};
use super::decimal::{Decimal, Kind};

/// Whether a coefficient grows by one for what is cut off.
pub fn rounds_up(mode: Rounding, negative: bool, coeff: &Coeff, rest: Rest) -> bool {
    if rest == Rest::Zero {
        return false;
    }
    match mode {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => rest >= Rest::Half,
        Rounding::HalfDown => rest > Rest::Half,
        Rounding::HalfEven => rest > Rest::Half || (rest == Rest::Half && coeff.is_odd()),
        Rounding::ZeroFiveUp => matches!(coeff.digit(0), 0 | 5),
    }
}

/// What an overflow gives.
fn overflowed(negative: bool, ctx: &mut Context) -> Decimal {
    ctx.add(status::OVERFLOW | status::INEXACT | status::ROUNDED);
    let infinite = match ctx.rounding {
        Rounding::HalfUp | Rounding::HalfEven | Rounding::HalfDown | Rounding::Up => true,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::Down | Rounding::ZeroFiveUp => false,
    };
    if infinite {
        return Decimal::infinity(negative);
    }
    Decimal::new(negative, Coeff::nines(ctx.prec), ctx.etop())
}

impl Decimal {
    /// The number rounded to the context.
    pub fn finalize(self, ctx: &mut Context) -> Decimal {
        match self.kind {
            Kind::Finite => {}
            Kind::Infinite => return self,
            Kind::Quiet | Kind::Signaling => return self.fitted_nan(ctx),
        }
        if self.coeff.is_zero() {
            return self.finalize_zero(ctx);
        }
        let digits = self.coeff.digits();
        let needed = self.exp + digits - ctx.prec;
        let fits = needed <= self.exp
            && self.exp + digits - 1 <= ctx.emax
            && self.exp + digits > ctx.emin
            && !(ctx.clamp && self.exp > ctx.etop());
        if fits {
            return self;
        }
        self.finalize_slow(ctx, needed)
    }

    fn finalize_zero(mut self, ctx: &mut Context) -> Decimal {
        let most = if ctx.clamp { ctx.etop() } else { ctx.emax };
        let exp = self.exp.clamp(ctx.etiny().min(most), most);
        if exp != self.exp {
            ctx.add(status::CLAMPED);
            self.exp = exp;
        }
        self
    }

    #[cold]
    fn finalize_slow(self, ctx: &mut Context, needed: i64) -> Decimal {
        let (etiny, etop) = (ctx.etiny(), ctx.etop());
        if needed > etop {
            return overflowed(self.negative, ctx);
        }
        let subnormal = needed < etiny;
        let least = needed.max(etiny);
        if self.exp < least {
            return self.rounded(ctx, least, subnormal);
        }
        if subnormal {
            ctx.add(status::SUBNORMAL);
        }
        if ctx.clamp && self.exp > etop {
            ctx.add(status::CLAMPED);
            let coeff = self.coeff.shifted_up((self.exp - etop).unsigned_abs());
            return Decimal::new(self.negative, coeff, etop);
        }
        self
    }

    fn rounded(self, ctx: &mut Context, least: i64, subnormal: bool) -> Decimal {
        let (mut coeff, rest) = self.coeff.shifted_down((least - self.exp).unsigned_abs());
        let mut exp = least;
        if rounds_up(ctx.rounding, self.negative, &coeff, rest) {
            coeff = coeff.incremented();
            if coeff.digits() > ctx.prec {
                coeff = coeff.shifted_down(1).0;
                exp += 1;
            }
        }
        if exp > ctx.etop() {
            return overflowed(self.negative, ctx);
        }
        if rest != Rest::Zero {
            if subnormal {
                ctx.add(status::UNDERFLOW);
            }
            ctx.add(status::INEXACT);
        }
        if subnormal {
            ctx.add(status::SUBNORMAL);
        }
        ctx.add(status::ROUNDED);
        if coeff.is_zero() {
            ctx.add(status::CLAMPED);
        }
        Decimal::new(self.negative, coeff, exp)
    }

    /// Rounds to an exponent, without regard to precision; status is left alone.
    pub fn rescaled(&self, exp: i64, mode: Rounding) -> (Decimal, Rest) {
        if self.coeff.is_zero() {
            return (Decimal::new(self.negative, Coeff::zero(), exp), Rest::Zero);
        }
        if self.exp >= exp {
            let coeff = self.coeff.shifted_up((self.exp - exp).unsigned_abs());
            return (Decimal::new(self.negative, coeff, exp), Rest::Zero);
        }
        let (mut coeff, rest) = self.coeff.shifted_down((exp - self.exp).unsigned_abs());
        if rounds_up(mode, self.negative, &coeff, rest) {
            coeff = coeff.incremented();
        }
        (Decimal::new(self.negative, coeff, exp), rest)
    }
}
