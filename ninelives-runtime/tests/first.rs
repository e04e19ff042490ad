//! A thin line through the nodes.
use ninelives_runtime::error::PolicyError;
use ninelives_runtime::policy::{fail, fallback_with, pass, timeout, to};
use std::time::Duration;
use tower::{Service, ServiceExt, service_fn};
use tower_layer::Layer;

fn answers(
    delay: u64,
    answer: &'static str,
) -> impl Service<(), Response = &'static str, Error = String, Future: Send> + Clone + Send {
    service_fn(move |(): ()| async move {
        tokio::time::sleep(Duration::from_millis(delay)).await;
        Ok(answer)
    })
}

#[tokio::test(start_paused = true)]
async fn fork_join_takes_the_first() {
    let policy = to(answers(50, "east")) & to(answers(20, "west"));
    let started = tokio::time::Instant::now();
    assert_eq!(
        policy.layer(answers(0, "own")).oneshot(()).await,
        Ok("west")
    );
    assert_eq!(started.elapsed().as_millis(), 20);
    let policy = fallback_with(|_: Option<()>, _| "no")
        & (timeout(Duration::from_millis(10)) + to(answers(20, "west")));
    assert_eq!(policy.layer(answers(0, "own")).oneshot(()).await, Ok("no"));
    let policy = (timeout(Duration::from_millis(10)) | pass()) + (fail() | pass());
    assert_eq!(
        policy
            .run(|| async { Ok::<_, PolicyError<String>>(3) })
            .await,
        Ok(3)
    );
}
