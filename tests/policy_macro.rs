//! `policy!(…)`: values and types.

use ninelives::policy;
use std::time::Duration;
use tower::{Layer, Service, ServiceExt, service_fn};

fn echo(
    delay: u64,
) -> impl Service<&'static str, Response = String, Error = String, Future: Send> + Clone {
    service_fn(move |request: &'static str| async move {
        tokio::time::sleep(Duration::from_millis(delay)).await;
        match request {
            "bad" => Err("refused".to_owned()),
            _ => Ok(request.to_uppercase()),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn an_expression_is_a_policy() {
    let policy = policy!(timeout(100ms) | fallback);
    assert_eq!(policy.layer(echo(50)).oneshot("a").await, Ok("A".into()));
    assert_eq!(
        policy.layer(echo(150)).oneshot("a").await,
        Ok(String::new())
    );
    assert_eq!(policy.run(|| async { Err::<u8, _>("no") }).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn paths_say_where_the_call_stands() {
    let (policy, line) = (policy!(timeout(100ms)), line!());
    let refused = policy.layer(echo(150)).oneshot("a").await.unwrap_err();
    let path = refused.rejected().unwrap().path();
    assert_eq!(path, format!("tests/policy_macro.rs:{line}:27.timeout"));
}
