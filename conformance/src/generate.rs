//! Random policies, from a seed. Also compiled into `build.rs`.

use fastrand::Rng;

/// A policy as a tree; its text is fully parenthesised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// One layer, `pass` or `fail`.
    Atom(String),
    /// `a + b + …`
    Sequence(Vec<Self>),
    /// `a | b | …`
    Fallback(Vec<Self>),
    /// `a & b & …`
    ForkJoin(Vec<Self>),
}

/// How often each operator occurs in a set of policies.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// `+`
    pub sequence: usize,
    /// `|`
    pub fallback: usize,
    /// `&`
    pub fork_join: usize,
    /// Layers.
    pub atoms: usize,
}

impl Tree {
    /// A policy that may stand anywhere, of at most `paths` paths.
    pub fn random(rng: &mut Rng, depth: u32, paths: usize) -> Self {
        loop {
            let tree = Self::any(rng, depth);
            if tree.paths() <= paths {
                return tree;
            }
        }
    }

    /// A policy that calls what is to its right on every path.
    pub fn open(rng: &mut Rng, depth: u32) -> Self {
        if depth == 0 || rng.u8(..10) < 4 {
            return Self::Atom(open_atom(rng));
        }
        let arms =
            |rng: &mut Rng| (0..rng.usize(2..=3)).map(|_| Self::open(rng, depth - 1)).collect();
        match rng.u8(..4) {
            0 | 1 => Self::Sequence(arms(rng)),
            2 => Self::Fallback(arms(rng)),
            _ => Self::ForkJoin(arms(rng)),
        }
    }

    fn any(rng: &mut Rng, depth: u32) -> Self {
        if depth == 0 || rng.u8(..10) < 3 {
            let terminal = rng.u8(..10) < 4;
            return Self::Atom(if terminal { terminal_atom(rng) } else { open_atom(rng) });
        }
        let arms =
            |rng: &mut Rng| (0..rng.usize(2..=3)).map(|_| Self::any(rng, depth - 1)).collect();
        match rng.u8(..6) {
            0..=2 => {
                let mut parts: Vec<_> =
                    (0..rng.usize(1..=3)).map(|_| Self::open(rng, depth.min(2) - 1)).collect();
                parts.push(Self::any(rng, depth - 1));
                Self::Sequence(parts)
            }
            3 | 4 => Self::Fallback(arms(rng)),
            _ => Self::ForkJoin(arms(rng)),
        }
    }

    /// How many ways lead through the policy.
    pub fn paths(&self) -> usize {
        match self {
            Self::Atom(_) => 1,
            Self::Sequence(parts) => parts.iter().map(Self::paths).product(),
            Self::Fallback(arms) | Self::ForkJoin(arms) => arms.iter().map(Self::paths).sum(),
        }
    }

    /// The text in the language.
    pub fn text(&self) -> String {
        self.write(&|atom| atom.to_owned())
    }

    /// The same as Rust operators over policies of one layer each, which `policy!` makes.
    pub fn operators(&self) -> String {
        self.write(&|atom| format!("policy!({atom})"))
    }

    fn write(&self, atom: &dyn Fn(&str) -> String) -> String {
        let join = |parts: &[Self], operator: &str| {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| match part {
                    Self::Atom(text) => atom(text),
                    group => format!("({})", group.write(atom)),
                })
                .collect();
            parts.join(operator)
        };
        match self {
            Self::Atom(text) => atom(text),
            Self::Sequence(parts) => join(parts, " + "),
            Self::Fallback(arms) => join(arms, " | "),
            Self::ForkJoin(arms) => join(arms, " & "),
        }
    }

    /// Adds this policy's operators and layers.
    pub fn count(&self, counts: &mut Counts) {
        let (parts, counter) = match self {
            Self::Atom(_) => {
                counts.atoms += 1;
                return;
            }
            Self::Sequence(parts) => (parts, &mut counts.sequence),
            Self::Fallback(parts) => (parts, &mut counts.fallback),
            Self::ForkJoin(parts) => (parts, &mut counts.fork_join),
        };
        *counter += parts.len() - 1;
        for part in parts {
            part.count(counts);
        }
    }
}

fn pick<'a>(rng: &mut Rng, choices: &[&'a str]) -> &'a str {
    rng.choice(choices.iter().copied()).unwrap_or("")
}

/// A layer that calls what is inside it. No jitter, and no cooldown that ends: two runs of one
/// scene must not differ by chance.
fn open_atom(rng: &mut Rng) -> String {
    match rng.u8(..12) {
        0..=2 => format!("timeout({})", pick(rng, &["3ms", "10ms", "25ms", "1s"])),
        3..=5 => format!(
            "retry({}, backoff = {}, jitter = none{})",
            pick(rng, &["1", "2", "3"]),
            pick(rng, &["fixed(0s)", "fixed(4ms)", "linear(2ms, max = 5ms)", "exponential(1ms)"]),
            pick(
                rng,
                &[
                    "",
                    ", budget = off",
                    ", on = timeout | transient",
                    ", on = any",
                    ", retry_after = off",
                    ", retry_after = 5ms",
                    ", budget = budget(20%, min = 1/h)",
                ],
            ),
        ),
        6 | 7 => format!(
            "circuit_breaker(cooldown = 1d{})",
            pick(
                rng,
                &[
                    "",
                    ", consecutive = 2",
                    ", window = 4, min_calls = 2",
                    ", window = 1s, min_calls = 3, failure_rate = 40%",
                    ", slow_call = 4ms, slow_rate = 50%, window = 4, min_calls = 2",
                ],
            ),
        ),
        8 | 9 => format!(
            "bulkhead({})",
            pick(rng, &["1", "2", "1, queue = 1, wait = 5ms", "2, queue = 2, wait = 1s"]),
        ),
        10 => format!(
            "hedge({})",
            pick(
                rng,
                &[
                    "after = 2ms",
                    "after = 5ms, max_attempts = 3, budget = off",
                    "after = p50, initial = 3ms, min_samples = 2",
                    "after = 0s, on = any",
                ],
            ),
        ),
        _ => "pass".to_owned(),
    }
}

fn terminal_atom(rng: &mut Rng) -> String {
    pick(rng, &["fallback", "fallback(@stale)", "to(@east)", "to(@west)", "fail"]).to_owned()
}
