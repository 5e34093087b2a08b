//! The operations of two operands that decimals and contexts both have as methods.

/// Hands the list to a macro that makes methods of `name operation` pairs.
macro_rules! binary_operations {
    ($methods:ident, $builder:expr) => {
        $methods! { $builder;
            "compare" Decimal::compare, "compare_signal" Decimal::compare_signal,
            "compare_total" total, "compare_total_mag" total_sizes,
            "max" |x: &Decimal, y: &Decimal, ctx: &mut Context| x.extreme(y, ctx, true, false),
            "max_mag" |x: &Decimal, y: &Decimal, ctx: &mut Context| x.extreme(y, ctx, true, true),
            "min" |x: &Decimal, y: &Decimal, ctx: &mut Context| x.extreme(y, ctx, false, false),
            "min_mag" |x: &Decimal, y: &Decimal, ctx: &mut Context| x.extreme(y, ctx, false, true),
            "next_toward" Decimal::next_toward, "remainder_near" Decimal::rem_near,
            "copy_sign" |x: &Decimal, y: &Decimal, _: &mut Context| x.with_sign(y.negative),
            "logical_and" |x: &Decimal, y: &Decimal, ctx: &mut Context| {
                x.logical(y, ctx, |p, q| p & q)
            },
            "logical_or" |x: &Decimal, y: &Decimal, ctx: &mut Context| {
                x.logical(y, ctx, |p, q| p | q)
            },
            "logical_xor" |x: &Decimal, y: &Decimal, ctx: &mut Context| {
                x.logical(y, ctx, |p, q| p ^ q)
            },
            "rotate" Decimal::rotate, "shift" Decimal::shift, "scaleb" Decimal::scaleb,
        }
    };
}
