//! A request that is under way.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

/// Polls a request once, so that it has begun and holds what its policy takes: a future that was not
/// polled holds nothing. Nothing wakes it; poll it again, or drop it.
///
/// ```
/// use ninelives_runtime::bulkhead::BulkheadLayer;
/// use ninelives_runtime::testing::{Script, begun, hang};
/// use tower::Layer;
///
/// let layer = BulkheadLayer::new(1);
/// let service = layer.layer(Script::new([hang()]));
/// let request = service.send(());
/// assert_eq!(layer.in_flight(), 0);
/// let request = begun(request);
/// assert_eq!(layer.in_flight(), 1);
/// drop(request);
/// assert_eq!(layer.in_flight(), 0);
/// ```
///
/// # Panics
/// When it is answered at once.
#[track_caller]
#[expect(clippy::panic, reason = "a test that goes on would test something else")]
pub fn begun<F: Future>(request: F) -> Pin<Box<F>> {
    let mut request = Box::pin(request);
    if request.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
        panic!("the request was answered in its first poll");
    }
    request
}
