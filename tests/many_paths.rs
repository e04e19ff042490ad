//! The largest policy that `policy!` takes: six choices in sequence, 64 paths. That this file
//! compiles within seconds is half of the test.

#![allow(deprecated, reason = "many paths, whatever they do: the checker warns of some")]

use ninelives::policy;

#[tokio::test(start_paused = true)]
async fn sixty_four_paths_compile_and_stay_small() {
    let policy = policy!(
        (timeout(1s) | timeout(2s))
            + (timeout(3s) | retry(2))
            + (retry(3) | timeout(4s))
            + (timeout(5s) | circuit_breaker)
            + (bulkhead(64) | timeout(6s))
            + (timeout(7s) | hedge)
    );
    let mut calls = 0;
    let running = policy.run(|| {
        calls += 1;
        async move { if calls < 5 { Err("not yet") } else { Ok(calls) } }
    });
    assert!(
        size_of_val(&running) < 4_096,
        "a request takes {} bytes: its size is to grow with the choices, not with the paths",
        size_of_val(&running)
    );
    assert_eq!(running.await, Ok(5));
}
