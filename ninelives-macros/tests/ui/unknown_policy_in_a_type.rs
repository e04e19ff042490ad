use ninelives::policy;

struct Client {
    policy: policy!(<timeuot(1s)>),
}

fn main() {
    let client = Client { policy: policy!(timeout(1s)) };
    client.policy.layer(()).oneshot(());
}
