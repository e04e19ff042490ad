use ninelives::policy;

struct Client {
    policy: policy!(<timeout(1s) + to({ service() })>),
}

fn main() {
    let client = Client { policy: 3 };
    client.policy.layer(()).oneshot(());
}
