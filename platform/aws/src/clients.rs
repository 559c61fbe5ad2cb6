//! One account and region: the SDK clients, and who the caller is.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use bella_engine::cloud::{Cloud, CloudError, Fault};
use bella_engine::resource::Scope;

use tokio::sync::OnceCell;

use crate::abandoned::Abandoned;
use crate::calls::{CallLog, Watch};
use crate::error::refused;
use crate::look::Look;

/// How to reach AWS.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Region of the stack.
    pub region: String,
    /// Named profile of the shared configuration files.
    pub profile: Option<String>,
    /// Another endpoint than AWS's own, for every service.
    pub endpoint_url: Option<String>,
    /// Fixed dummy credentials: only for an endpoint that checks none.
    pub dummy_credentials: bool,
}

impl Access {
    /// The machine's root certificates. None where nothing that is asked speaks TLS, the source of
    /// credentials included: reading them costs a sixth of a plan's CPU.
    fn trust(&self) -> tls::TlsContext {
        let endpoint = self.endpoint_url.as_deref();
        let is_plain =
            self.dummy_credentials && endpoint.is_some_and(|url| url.starts_with("http://"));
        let roots = tls::TrustStore::empty().with_native_roots(!is_plain);
        let context = tls::TlsContext::builder().with_trust_store(roots).build();
        context.expect("a context without certificates of its own is always valid")
    }
}

/// AWS, as the kinds use it.
#[derive(Clone, Debug)]
pub struct Aws {
    /// VPC, subnets, routes, security groups.
    pub ec2: aws_sdk_ec2::Client,
    /// Roles. A global service.
    pub iam: aws_sdk_iam::Client,
    /// Clusters, task definitions, services.
    pub ecs: aws_sdk_ecs::Client,
    /// Image repositories.
    pub ecr: aws_sdk_ecr::Client,
    /// Load balancers, target groups, listeners.
    pub elb: aws_sdk_elasticloadbalancingv2::Client,
    /// Log groups.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// The caller's identity.
    pub sts: aws_sdk_sts::Client,
    /// Certificates.
    pub acm: aws_sdk_acm::Client,
    /// Scaling of the service.
    pub autoscaling: aws_sdk_applicationautoscaling::Client,
    /// Budgets. A global service.
    pub budgets: aws_sdk_budgets::Client,
    /// Alarms and dashboards.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// What AWS billed, and which tags it bills by. A global service; every request costs $0.01.
    pub costs: aws_sdk_costexplorer::Client,
    /// Caches.
    pub elasticache: aws_sdk_elasticache::Client,
    /// The price list. In us-east-1, whatever the stack's region (AWS Price List: "Service endpoint").
    pub pricing: aws_sdk_pricing::Client,
    /// How much of a service an account may have.
    pub quotas: aws_sdk_servicequotas::Client,
    /// Databases.
    pub rds: aws_sdk_rds::Client,
    /// What carries a tag, over all services.
    pub tagging: aws_sdk_resourcegroupstagging::Client,
    /// DNS. A global service.
    pub route53: aws_sdk_route53::Client,
    /// Buckets.
    pub s3: aws_sdk_s3::Client,
    /// Schedules.
    pub scheduler: aws_sdk_scheduler::Client,
    /// Secrets.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// Topics.
    pub sns: aws_sdk_sns::Client,
    /// Queues.
    pub sqs: aws_sdk_sqs::Client,
    credentials: Option<SharedCredentialsProvider>,
    region: Arc<str>,
    account: Arc<OnceCell<Arc<str>>>,
    calls: Arc<CallLog>,
    abandoned: Arc<Abandoned>,
}

/// Who the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// 12-digit account id.
    pub account: String,
    /// ARN of the user or assumed role.
    pub arn: String,
}

/// An endpoint that accepts connections answers well within this; so wrong credentials, region or
/// endpoint are told in under five seconds.
const FIRST_ANSWER: Duration = Duration::from_millis(4500);
/// Where the price list is asked.
const PRICE_LIST: &str = "us-east-1";
const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(60);
/// How often a call that may be repeated is made. A plan and a census make a hundred reads and more
/// and are for nothing when one of them fails: where one call of five does, the SDK's own three
/// attempts lose four runs of five.
const ATTEMPTS: u32 = 8;
/// The longest wait between two of them, so that all take half a minute at most.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Aws {
    /// Resolves configuration and builds clients; makes no call to AWS itself.
    pub async fn new(access: &Access) -> Self {
        let config = configuration(access).await;
        let calls = Arc::new(CallLog::default());
        macro_rules! client {
            ($sdk:ident) => {
                $sdk::Client::from_conf(
                    $sdk::config::Builder::from(&config)
                        .interceptor(Watch::new(calls.clone()))
                        .build(),
                )
            };
        }
        Self {
            ec2: client!(aws_sdk_ec2),
            iam: client!(aws_sdk_iam),
            ecs: client!(aws_sdk_ecs),
            ecr: client!(aws_sdk_ecr),
            elb: client!(aws_sdk_elasticloadbalancingv2),
            logs: client!(aws_sdk_cloudwatchlogs),
            sts: aws_sdk_sts::Client::from_conf(
                aws_sdk_sts::config::Builder::from(&config)
                    // What is wrong with the first call is told in seconds.
                    .retry_config(RetryConfig::standard())
                    .interceptor(Watch::new(calls.clone()))
                    .build(),
            ),
            acm: client!(aws_sdk_acm),
            autoscaling: client!(aws_sdk_applicationautoscaling),
            budgets: client!(aws_sdk_budgets),
            cloudwatch: client!(aws_sdk_cloudwatch),
            costs: client!(aws_sdk_costexplorer),
            pricing: aws_sdk_pricing::Client::from_conf(
                aws_sdk_pricing::config::Builder::from(&config)
                    .region(aws_sdk_pricing::config::Region::new(PRICE_LIST))
                    .interceptor(Watch::new(calls.clone()))
                    .build(),
            ),
            quotas: client!(aws_sdk_servicequotas),
            elasticache: client!(aws_sdk_elasticache),
            rds: client!(aws_sdk_rds),
            tagging: client!(aws_sdk_resourcegroupstagging),
            route53: client!(aws_sdk_route53),
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(&config)
                    // Bucket names are no host names of an endpoint that is not AWS's.
                    .force_path_style(access.endpoint_url.is_some())
                    .interceptor(Watch::new(calls.clone()))
                    .build(),
            ),
            scheduler: client!(aws_sdk_scheduler),
            secrets: client!(aws_sdk_secretsmanager),
            sns: client!(aws_sdk_sns),
            sqs: client!(aws_sdk_sqs),
            credentials: config.credentials_provider(),
            region: access.region.as_str().into(),
            account: Arc::default(),
            calls,
            abandoned: Arc::default(),
        }
    }

    /// Asks who the caller is: the first call of every run, so that wrong credentials, region or
    /// endpoint are found before anything else happens.
    ///
    /// # Errors
    /// No credentials, refused ones, or no answer within 4.5 seconds.
    pub async fn caller(&self) -> Result<Caller, CloudError> {
        let asked = self.sts.get_caller_identity().send();
        let answer = tokio::time::timeout(FIRST_ANSWER, asked).await;
        let Ok(answer) = answer else {
            let mut error = CloudError::new(
                Fault::Unreachable,
                "sts",
                "GetCallerIdentity",
                format!("no answer within {FIRST_ANSWER:?}"),
            );
            error.hint = Some(
                "check the network, --region, --endpoint-url and that credentials are set; `aws sts get-caller-identity` asks the same"
                    .to_owned(),
            );
            return Err(error);
        };
        let answer = answer.map_err(refused)?;
        let account = answer.account.unwrap_or_default();
        // Whoever asked first; the answer does not change.
        let _known = self.account.set(account.as_str().into());
        Ok(Caller {
            account,
            arn: answer.arn.unwrap_or_default(),
        })
    }

    /// Another region's EC2 by the same connection and credentials: to ask one question there, the
    /// other clients and their configuration are not needed.
    pub(crate) fn ec2_in(&self, region: &str) -> aws_sdk_ec2::Client {
        let config = self.ec2.config().to_builder();
        aws_sdk_ec2::Client::from_conf(config.region(Region::new(region.to_owned())).build())
    }

    /// Another region's ECS, as [`Aws::ec2_in`].
    pub(crate) fn ecs_in(&self, region: &str) -> aws_sdk_ecs::Client {
        let config = self.ecs.config().to_builder();
        aws_sdk_ecs::Client::from_conf(config.region(Region::new(region.to_owned())).build())
    }

    /// Where the credentials come from; `None` where none are configured.
    pub(crate) fn credentials(&self) -> Option<&SharedCredentialsProvider> {
        self.credentials.as_ref()
    }

    /// The region the clients talk to.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The account's 12 digits, asked once: some services want them in every call.
    ///
    /// # Errors
    /// As [`Aws::caller`].
    pub async fn account(&self) -> Result<&str, CloudError> {
        let account = self
            .account
            .get_or_try_init(|| async { Ok(self.caller().await?.account.into()) });
        account.await.map(|account: &Arc<str>| &**account)
    }

    /// The ARN of something of the account in the region, where no answer of AWS's has it.
    ///
    /// # Errors
    /// As [`Aws::caller`].
    pub(crate) async fn arn(&self, service: &str, rest: &str) -> Result<String, CloudError> {
        let account = self.account().await?;
        Ok(format!(
            "arn:aws:{service}:{}:{account}:{rest}",
            self.region
        ))
    }

    /// What this run removed although AWS goes on listing it.
    pub(crate) fn abandoned(&self) -> &Abandoned {
        &self.abandoned
    }

    /// Calls made so far.
    #[must_use]
    pub fn calls(&self) -> &CallLog {
        &self.calls
    }
}

async fn configuration(access: &Access) -> SdkConfig {
    // ring builds without a C tool chain of its own; the default, aws-lc, takes minutes longer.
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(
            tls::rustls_provider::CryptoMode::Ring,
        ))
        .tls_context(access.trust())
        .build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(access.region.clone()))
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_max_backoff(LONGEST_WAIT),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .build(),
        );
    if let Some(profile) = &access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(endpoint) = &access.endpoint_url {
        loader = loader.endpoint_url(endpoint);
    }
    if access.dummy_credentials {
        loader = loader.credentials_provider(aws_credential_types::Credentials::new(
            "bella", "sandbox", None, None, "sandbox",
        ));
    }
    loader.load().await
}

impl Cloud for Aws {
    type Look = Look;

    fn look(&self, scope: &Scope) -> Look {
        Look::new(self.clone(), scope.clone())
    }

    /// Changing calls at once per service, below the documented rate limits (EC2's mutating
    /// bucket refills at 5 a second, Route 53 takes 5 a second per account).
    fn parallel(&self, service: &str) -> usize {
        match service {
            "route53" => 1,
            "iam" | "rds" | "elasticache" | "logs" => 4,
            _ => 8,
        }
    }

    fn region(&self) -> &str {
        &self.region
    }
}
