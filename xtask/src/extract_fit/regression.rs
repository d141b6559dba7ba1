//! Logistic regression by gradient descent: a few thousand values with two dozen features.

pub struct Sample {
    pub features: Vec<f64>,
    pub right: bool,
    /// The confidence that the value was given with.
    pub given: f64,
}

const STEPS: usize = 6_000;
const RATE: f64 = 0.5;
/// Keeps weights of rare features small.
const SHRINK: f64 = 1e-4;

/// The bias and a weight for each feature; `None` without samples that have features. Features at the places of `support`
/// can only speak for a value: where the samples seem to say the opposite, which is chance or another feature's part,
/// they weigh nothing.
pub fn fit(samples: &[Sample], support: &[usize]) -> Option<Vec<f64>> {
    let samples: Vec<&Sample> = samples.iter().filter(|sample| !sample.features.is_empty()).collect();
    let width = samples.first()?.features.len();
    let mut weights = vec![0.0; width + 1];
    let share = 1.0 / samples.len() as f64;
    for _ in 0..STEPS {
        let mut slope = vec![0.0; width + 1];
        for sample in &samples {
            let wrong = probability(&weights, &sample.features) - f64::from(u8::from(sample.right));
            slope[0] += wrong;
            for (slope, feature) in slope[1..].iter_mut().zip(&sample.features) {
                *slope += wrong * feature;
            }
        }
        for (at, (weight, slope)) in weights.iter_mut().zip(&slope).enumerate() {
            let shrink = if at == 0 { 0.0 } else { SHRINK * *weight };
            *weight -= RATE * (slope * share + shrink);
        }
        for at in support {
            weights[at + 1] = weights[at + 1].max(0.0);
        }
    }
    Some(weights)
}

pub fn probability(weights: &[f64], features: &[f64]) -> f64 {
    let sum = weights[0] + weights[1..].iter().zip(features).map(|(weight, feature)| weight * feature).sum::<f64>();
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_values_right_gets_weight() {
        let sample = |feature, right| Sample { features: vec![feature, 0.5], right, given: 0.0 };
        let samples: Vec<Sample> =
            (0..200).map(|at| sample(f64::from(at % 10) / 10.0, at % 10 >= 5 || at % 20 == 0)).collect();
        let weights = fit(&samples, &[]).expect("samples");
        assert!(weights[1] > 2.0 && probability(&weights, &[0.9, 0.5]) > 0.8, "{weights:?}");
        assert!(probability(&weights, &[0.1, 0.5]) < 0.3, "{weights:?}");
        assert!(fit(&[], &[]).is_none());
    }

    #[test]
    fn what_supports_a_value_never_weighs_against_it() {
        let sample = |feature, right| Sample { features: vec![feature, 0.5], right, given: 0.0 };
        let samples: Vec<Sample> = (0..100).map(|at| sample(f64::from(at % 2), at % 2 == 0 || at < 30)).collect();
        let free = fit(&samples, &[]).expect("samples");
        let held = fit(&samples, &[0]).expect("samples");
        assert!(free[1] < -0.5 && held[1] == 0.0, "{free:?} {held:?}");
    }
}
