//! The share of nonconforming items, estimated from a sample.

use super::plan::Method;
use crate::Result;
use crate::dist::{beta_p, normal_sf};
use crate::error::check;

/// The minimum variance unbiased estimate of the share beyond a specification limit that lies
/// `index` standard deviations (of the sample for the s method, of the process for the σ method) from
/// the mean of `n` items, where the characteristic is normal.
///
/// For s it is the incomplete beta function of ½ (1 - Q √n / (n - 1)), with shapes n/2 - 1; for σ it
/// is Φ(-Q √(n / (n - 1))) (Lieberman and Resnikoff 1955, J. American Statistical Association 50,
/// 457; ISO 3951-1, annexes; ANSI/ASQ Z1.9).
///
/// ```
/// use stats::sampling::{Method, nonconforming_share};
/// // MIL-STD-414, example B-3: Q = 1.59 in a sample of five gives 2.19 %.
/// assert!((nonconforming_share(1.59, 5, Method::S)? - 0.0219).abs() < 5e-5);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// The index is missing, or the sample is too small: three items are needed for s, two for σ.
pub fn nonconforming_share(index: f64, n: u32, method: Method) -> Result<f64> {
    check::within("quality index", index, !index.is_nan(), "a number")?;
    let size = f64::from(n);
    match method {
        Method::S => {
            check::within("size of the sample", size, n >= 3, "3 or more")?;
            let x = 0.5 * (1.0 - index * size.sqrt() / (size - 1.0));
            let shape = 0.5 * size - 1.0;
            Ok(beta_p(shape, shape, x.clamp(0.0, 1.0)))
        }
        Method::Sigma => {
            check::within("size of the sample", size, n >= 2, "2 or more")?;
            Ok(normal_sf(index * (size / (size - 1.0)).sqrt()))
        }
    }
}
