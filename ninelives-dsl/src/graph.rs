//! Depth-first order of a directed graph, without recursion: used for imports and for names, whose
//! chains may be as long as a hostile text makes them.

use crate::limits;
use std::collections::HashSet;

/// What a walk over a graph gives.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Every node, after all nodes it points to (cut edges apart).
    pub(crate) order: Vec<usize>,
    /// The edges `(from, to)` without which the graph has no cycle: one for each cycle met.
    pub(crate) cut: HashSet<(usize, usize)>,
    /// The nodes of the first cycles, enough to report: each points to the next, the last to the
    /// first.
    pub(crate) cycles: Vec<Vec<usize>>,
}

/// Walks from each node in turn, so that unrelated nodes keep their order.
pub(crate) fn depth_first(edges: &[Vec<usize>]) -> Walk {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut walk = Walk::default();
    let mut marks = vec![Mark::New; edges.len()];
    let mut stack: Vec<(usize, std::slice::Iter<'_, usize>)> = Vec::new();
    for root in 0..edges.len() {
        let mut next = Some(root);
        loop {
            if let Some(node) = next.take()
                && let (Some(mark @ Mark::New), Some(targets)) =
                    (marks.get_mut(node), edges.get(node))
            {
                *mark = Mark::Open;
                stack.push((node, targets.iter()));
            }
            let Some((node, targets)) = stack.last_mut() else {
                break;
            };
            let node = *node;
            let Some(target) = targets.next().copied() else {
                if let Some(mark) = marks.get_mut(node) {
                    *mark = Mark::Done;
                }
                walk.order.push(node);
                stack.pop();
                continue;
            };
            match marks.get(target) {
                Some(Mark::New) => next = Some(target),
                Some(Mark::Open) => {
                    if walk.cut.insert((node, target)) && walk.cycles.len() < limits::ERRORS {
                        let members = stack.iter().map(|(open, _)| *open);
                        walk.cycles.push(members.skip_while(|open| *open != target).collect());
                    }
                }
                Some(Mark::Done) | None => {}
            }
        }
    }
    walk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pointed_to_comes_first_and_the_rest_keeps_its_order() {
        let walk = depth_first(&[vec![2], vec![], vec![3], vec![]]);
        assert_eq!(walk.order, [3, 2, 0, 1]);
        assert!(walk.cycles.is_empty());
    }

    #[test]
    fn each_cycle_is_met_once_and_cut_once() {
        let walk = depth_first(&[vec![1, 1], vec![2], vec![1, 0], vec![3, 3]]);
        assert_eq!(walk.cut, HashSet::from([(2, 1), (2, 0), (3, 3)]));
        assert_eq!(walk.cycles, [vec![1, 2], vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<_> = (1..=200_000).map(|next| vec![next]).collect();
        assert_eq!(depth_first(&edges).order.len(), 200_000);
    }
}
