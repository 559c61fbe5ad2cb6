use bella_aws::clients::Aws;

/// The hosted zone that examples have their records in.
pub const ZONE: &str = "bella.example";

/// Makes the public hosted zone [`ZONE`], which has to exist before a record does: no kind makes one.
///
/// # Panics
/// The sandbox refuses.
pub async fn host_zone(aws: &Aws) {
    let call = aws.route53.create_hosted_zone();
    let made = call.name(ZONE).caller_reference("tests").send().await;
    made.unwrap_or_else(|why| panic!("no zone {ZONE}: {why:?}"));
}
