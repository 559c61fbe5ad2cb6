//! What Terraform has to know of AWS beside the resources: which provider, which region, which
//! account.

/// The text of `versions.tf`. The provider acts in no other account: an import there would take
/// up somebody else's objects of the same name.
#[must_use]
pub fn versions(stack: &str, region: &str, account: &str, resources: usize) -> String {
    format!(
        r#"# {stack} in {region} (account {account}), as Bella made it.
#
#   terraform init
#   terraform plan     # {resources} to import, 0 to add, 0 to change, 0 to destroy
#   terraform apply    # writes Terraform's state; imports.tf is of no use after that
#
# From then on the stack is Terraform's: change it here and not with Bella.

terraform {{
  required_version = ">= 1.5"

  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }}
  }}
}}

provider "aws" {{
  region              = "{region}"
  allowed_account_ids = ["{account}"]
}}
"#
    )
}
