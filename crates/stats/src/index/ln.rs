//! The natural logarithm of `libm`, several at a time.

/// ln of a positive normal number, to the bit what `libm::log` gives (a test holds it to that), but
/// without branches, so that the compiler works on several at once: a million logarithms are most
/// of the time that entropy weights take. Of zero it gives some finite number; of anything else,
/// something useless.
///
/// The steps are those that `libm` follows, with the coefficients of fdlibm's `e_log`
/// (Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy,
/// modify, and distribute this software is freely granted, provided that this notice is preserved.):
/// x = 2^k (1 + f) with 1 + f from about √½ to √2; s = f / (2 + f); ln(1 + f) = f - f²/2 + s (f²/2 + R(s²)).
#[inline(always)]
#[allow(clippy::excessive_precision, reason = "the coefficients stand as they were published")]
pub(super) fn ln_normal(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    const R: [f64; 7] = [
        6.666_666_666_666_735_130e-1,
        3.999_999_999_940_941_908e-1,
        2.857_142_874_366_239_149e-1,
        2.222_219_843_214_978_396e-1,
        1.818_357_216_161_805_012e-1,
        1.531_383_769_920_937_332e-1,
        1.479_819_860_511_658_591e-1,
    ];
    const ONE: u32 = 0x3ff0_0000;
    const ROOT_HALF: u32 = 0x3fe6_a09e;
    let bits = x.to_bits();
    let shifted = ((bits >> 32) as u32).wrapping_add(ONE - ROOT_HALF);
    let k = f64::from((shifted >> 20) as i32 - 0x3ff);
    let high = (shifted & 0x000f_ffff).wrapping_add(ROOT_HALF);
    let f = f64::from_bits((u64::from(high) << 32) | (bits & 0xffff_ffff)) - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let odd = w * (R[1] + w * (R[3] + w * R[5]));
    let even = z * (R[0] + w * (R[2] + w * (R[4] + w * R[6])));
    s * (half_square + (even + odd)) + k * LN2_LOW - half_square + f + k * LN2_HIGH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn at_the_edges() {
        for x in [1.0, f64::MIN_POSITIVE, f64::MAX, 0.5f64.sqrt(), 2f64.sqrt(), 1.0 - 1e-16] {
            for x in [x.next_down().max(f64::MIN_POSITIVE), x, x.next_up().min(f64::MAX)] {
                assert_eq!(ln_normal(x).to_bits(), libm::log(x).to_bits(), "{x:e}");
            }
        }
        assert!(ln_normal(0.0).is_finite());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn to_the_bit_what_libm_gives(bits in 0x0010_0000_0000_0000u64..0x7ff0_0000_0000_0000) {
            let x = f64::from_bits(bits);
            prop_assert_eq!(ln_normal(x).to_bits(), libm::log(x).to_bits());
        }

        #[test]
        fn and_near_one(x in 0.5f64..2.0) {
            prop_assert_eq!(ln_normal(x).to_bits(), libm::log(x).to_bits());
        }
    }
}
