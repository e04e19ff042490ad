//! The laws of the algebra, as equal traces: for the Rust operators on compiled policies, and for
//! texts on a wider set.

mod support;

use fastrand::Rng;
use ninelives::policy;
use ninelives::testing::paused_runtime;
use ninelives_conformance::generate::Tree;
use ninelives_conformance::scene::Scene;
use ninelives_conformance::services::{ByClass, Own, load, other};
use support::compare;
use tokio::runtime::Runtime;

struct Law {
    name: &'static str,
    left: fn(&Scene, &Runtime) -> Vec<String>,
    right: fn(&Scene, &Runtime) -> Vec<String>,
}

#[allow(deprecated, reason = "what is generated may well be warned of")]
#[expect(non_upper_case_globals, reason = "the names that `@east` and so on stand for")]
mod operators {
    use super::{ByClass, Law, Own, other, policy};
    use ninelives::prelude::{fail, fallback, pass};

    const east: Own = other("east");
    const west: Own = other("west");

    pub(super) const LAWS: &[Law] = include!(concat!(env!("OUT_DIR"), "/operator_laws.rs"));
}

/// Without the paths: a policy without a name is called by the place where it stands.
fn unnamed(trace: &[String]) -> Vec<String> {
    let cut = |line: &String| match line.split_once("path: \"") {
        Some((before, path)) => {
            before.to_owned() + path.split_once('"').map_or("", |(_, rest)| rest)
        }
        None => line.clone(),
    };
    trace.iter().map(cut).collect()
}

#[test]
fn laws_hold_for_the_operators() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut cases = 0;
    for law in operators::LAWS {
        for seed in 0..200 {
            let scene = Scene::random(seed);
            let left = unnamed(&(law.left)(&scene, &runtime));
            let right = unnamed(&(law.right)(&scene, &runtime));
            compare(law.name, seed, &left, &right);
            cases += 1;
        }
    }
    println!("{cases} law cases with the operators, {} laws", operators::LAWS.len());
}

/// A law of texts: what stands right of a terminal is an error there, so `fail + A` is not one.
fn laws(rng: &mut Rng) -> [(String, String); 10] {
    let [a, b, c] = std::array::from_fn(|_| Tree::open(rng, 2).text());
    let any = Tree::random(rng, 2, 8).text();
    let other = Tree::random(rng, 2, 8).text();
    [
        (format!("pass + ({any})"), any.clone()),
        (format!("({a}) + pass"), a.clone()),
        (format!("(({a}) + ({b})) + ({any})"), format!("({a}) + (({b}) + ({any}))")),
        (format!("(({any}) | ({b})) | ({other})"), format!("({any}) | (({b}) | ({other}))")),
        (format!("(({any}) & ({b})) & ({other})"), format!("({any}) & (({b}) & ({other}))")),
        (format!("fail | ({any})"), any.clone()),
        (format!("({any}) | fail"), any.clone()),
        (format!("fail & ({any})"), any.clone()),
        (format!("({any}) & fail"), any.clone()),
        (format!("fallback(@stale) & ({c})"), format!("({c}) | fallback(@stale)")),
    ]
}

/// The laws of which one side is a `|`. Arms of `&` that are themselves a `&` are joined to one list,
/// and its fallbacks wait for all the others; a `|` around them keeps them apart. So these laws hold
/// as an arm of `&` only where the other side is no `&`.
const OF_OR: [usize; 3] = [5, 6, 9];

/// Puts both sides of a law to the same place in a larger policy: with an outcome before it, with
/// one after it, beside a neighbour, under a layer.
fn somewhere(rng: &mut Rng, law: usize, sides: &(String, String)) -> (String, String) {
    let neighbour = Tree::random(rng, 2, 8).text();
    let layer = Tree::open(rng, 1).text();
    let joined = OF_OR.contains(&law) && sides.1.contains('&') | sides.0.contains('&');
    let places = if joined { 4 } else { 6 };
    let place = rng.usize(..places);
    let put = |side: &String| match place {
        0 => side.clone(),
        1 => format!("({neighbour}) | ({side})"),
        2 => format!("({side}) | ({neighbour})"),
        3 => format!("({layer}) + ({side})"),
        4 => format!("({neighbour}) & ({side})"),
        _ => format!("({side}) & ({neighbour})"),
    };
    (put(&sides.0), put(&sides.1))
}

/// Losers that are dropped together in the order of their names: a list of arms drops them from left
/// to right, a list in a list its own before, and `fail | (A & B)` is a list in a list.
fn losers_sorted(mut trace: Vec<String>) -> Vec<String> {
    let dropped = |line: &String| line.ends_with("is dropped");
    for together in trace.chunk_by_mut(|one, next| dropped(one) && dropped(next)) {
        together.sort();
    }
    trace
}

fn run_text(text: &str, scene: &Scene, runtime: &Runtime) -> Vec<String> {
    scene.run(runtime, &load(text))
}

#[test]
fn laws_hold_for_texts() {
    let runtime = paused_runtime();
    // Layers made outside of it would begin on another clock.
    let _inside = runtime.enter();
    let mut rng = Rng::with_seed(4);
    let mut cases = 0;
    for round in 0..300 {
        for (law, sides) in laws(&mut rng).iter().enumerate() {
            let (left, right) = somewhere(&mut rng, law, sides);
            for seed in 0..3 {
                let seed = seed + 1_000 * round;
                let scene = Scene::random(seed);
                compare(
                    &format!("{left}\n= {right}"),
                    seed,
                    &losers_sorted(run_text(&left, &scene, &runtime)),
                    &losers_sorted(run_text(&right, &scene, &runtime)),
                );
                cases += 1;
            }
        }
    }
    println!("{cases} law cases with texts");
}
