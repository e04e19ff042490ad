//! The arguments of a layer in the plan, as what its configuration takes.

use crate::adaptive::Valued;
use crate::config::InvalidConfig;
use ninelives_dsl::plan::Layer;

/// The argument for `parameter`.
///
/// # Errors
/// When the plan holds a value of another kind: the catalogue and the layer disagree.
pub(super) fn argument<T: Valued>(
    layer: &Layer,
    parameter: &'static str,
) -> Result<T, InvalidConfig> {
    T::from_value(layer.value(parameter)).ok_or_else(|| {
        let problem = "holds a value that the layer does not take";
        InvalidConfig::new(layer.kind.entry().name, parameter, problem)
    })
}
