//! What a formula gives.

use super::parse::{FUNCTIONS, HIGHEST, Step};

pub(super) fn value(steps: &[Step], quantities: &[f64]) -> f64 {
    let mut stack = [0.0; HIGHEST];
    // The reader leaves operands before operators, and never more than the stack holds.
    let mut top = 0;
    for step in steps {
        match *step {
            Step::Number(number) => {
                stack[top] = number;
                top += 1;
            }
            Step::Quantity(place) => {
                stack[top] = quantities[place];
                top += 1;
            }
            Step::Negate => stack[top - 1] = -stack[top - 1],
            Step::Call(place) => stack[top - 1] = FUNCTIONS[place].1(stack[top - 1]),
            Step::Plus | Step::Minus | Step::Times | Step::Over | Step::Power => {
                top -= 1;
                let (left, right) = (stack[top - 1], stack[top]);
                stack[top - 1] = match step {
                    Step::Plus => left + right,
                    Step::Minus => left - right,
                    Step::Times => left * right,
                    Step::Over => left / right,
                    _ => libm::pow(left, right),
                };
            }
        }
    }
    stack[0]
}

#[cfg(test)]
mod tests {
    use super::super::Formula;

    fn value(text: &str) -> f64 {
        let formula = Formula::parse(text, &["x", "y.1", "温度"]).unwrap();
        formula.value(&[3.0, 4.0, 5.0])
    }

    #[test]
    fn the_usual_precedence() {
        assert_eq!(value("1 + 2 * x ^ 2"), 19.0);
        assert_eq!(value("-x^2"), -9.0);
        assert_eq!(value("2 ^ -1"), 0.5);
        assert_eq!(value("2^x^2"), 512.0);
        assert_eq!(value("10 - 4 - 3"), 3.0);
        assert_eq!(value("12 / 3 / 2"), 2.0);
        assert_eq!(value("2 ** x"), 8.0);
        assert_eq!(value("sqrt(x*x + y.1*y.1) - +温度"), 0.0);
        assert_eq!(value("cos(2*pi) * 1.5e+2 - .5E1"), 145.0);
        assert_eq!(value("--x"), 3.0);
        assert!(value("ln(-x)").is_nan());
    }

    #[test]
    fn what_cannot_be_read() {
        let at = |text: &str| match Formula::parse(text, &["x"]).unwrap_err() {
            crate::Error::Syntax { at, .. } => at,
            other => panic!("{other}"),
        };
        assert_eq!(at(""), 1);
        assert_eq!(at("x +"), 4);
        assert_eq!(at("(x"), 3);
        assert_eq!(at("x)"), 2);
        assert_eq!(at("2 x"), 3);
        assert_eq!(at("x + z"), 5);
        assert_eq!(at("sin x"), 5);
        assert_eq!(at("1.2.3"), 1);
        assert!(Formula::parse(&"(".repeat(100_000), &[]).is_err());
        assert!(Formula::parse(&"-".repeat(100_000), &[]).is_err());
        assert!(Formula::parse(&"2^".repeat(100_000), &[]).is_err());
        assert!(Formula::parse("x", &["x"]).unwrap().value(&[]).is_nan());
    }

    #[test]
    fn long_and_deep() {
        let long = vec!["1"; 100_000].join(" + ");
        assert_eq!(value(&long), 100_000.0);
        // Each level leaves a term, a factor and a base waiting.
        let deep = format!("{}0{}", "1 + 1 * 1 ^ (".repeat(19), ")".repeat(19));
        assert_eq!(value(&deep), 2.0);
    }
}
