# What Terraform makes, finds unchanged and takes away in the sandbox within a minute. Kinds for whose states its
# provider waits longer by itself (databases, caches, load balancers, zones) are not here.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region            = "ca-central-1"
  s3_use_path_style = true
  default_tags {
    tags = { Project = "sandbox" }
  }
}

data "aws_caller_identity" "this" {}

resource "aws_vpc" "this" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = "ca-central-1${["a", "b"][count.index]}"
}

resource "aws_security_group" "this" {
  for_each    = toset(["front", "back"])
  name        = each.key
  description = each.key
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "back" {
  security_group_id            = aws_security_group.this["back"].id
  referenced_security_group_id = aws_security_group.this["front"].id
  description                  = "from the front"
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_db_subnet_group" "this" {
  name       = "sandbox"
  subnet_ids = aws_subnet.this[*].id
}

resource "aws_db_parameter_group" "this" {
  name   = "sandbox"
  family = "postgres16"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name       = "sandbox"
  subnet_ids = aws_subnet.this[*].id
}

resource "aws_ecr_repository" "this" {
  name                 = "sandbox/app"
  image_tag_mutability = "IMMUTABLE"
}

resource "aws_s3_bucket" "this" {
  bucket = "sandbox-terraform"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "sandbox/key"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = "not a secret"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/sandbox"
  retention_in_days = 30
}

resource "aws_iam_role" "this" {
  for_each = toset(["ecs-tasks", "scheduler"])
  name     = "sandbox-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "${each.key}.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "scale"
  role = aws_iam_role.this["scheduler"].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ecs:UpdateService", Resource = "*" }]
  })
}

resource "aws_ecs_task_definition" "this" {
  family                   = "sandbox"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.this["ecs-tasks"].arn
  container_definitions = jsonencode([{
    name         = "app"
    image        = "${aws_ecr_repository.this.repository_url}:1"
    essential    = true
    portMappings = [{ containerPort = 8000, hostPort = 8000, protocol = "tcp" }]
    secrets      = [{ name = "KEY", valueFrom = aws_secretsmanager_secret.this.arn }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = "ca-central-1"
        awslogs-stream-prefix = "app"
      }
    }
  }])
}

resource "aws_scheduler_schedule_group" "this" {
  name = "sandbox"
}

resource "aws_scheduler_schedule" "this" {
  name                         = "stop"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = "cron(0 20 ? * MON-FRI *)"
  schedule_expression_timezone = "America/Toronto"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ecs:updateService"
    role_arn = aws_iam_role.this["scheduler"].arn
    input    = jsonencode({ Cluster = "sandbox", Service = "app", DesiredCount = 0 })
  }
}

resource "aws_sns_topic" "this" {
  name = "alerts"
}

resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}

resource "aws_cloudwatch_metric_alarm" "plain" {
  alarm_name          = "memory"
  namespace           = "AWS/ElastiCache"
  metric_name         = "DatabaseMemoryUsagePercentage"
  dimensions          = { CacheClusterId = "sandbox-001" }
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80.5
  alarm_actions       = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "formula" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "rate"
    expression  = "100 * (FILL(failed, 0) / all)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { failed = "HTTPCode_Target_5XX_Count", all = "RequestCount" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"
        dimensions  = { LoadBalancer = "app/sandbox/1" }
      }
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "sandbox"
  dashboard_body = jsonencode({
    widgets = [{ type = "text", x = 0, y = 0, width = 6, height = 2, properties = { markdown = "the sandbox" } }]
  })
}

resource "aws_budgets_budget" "this" {
  for_each = {
    MONTHLY = { limit = "150", told = { ACTUAL = 80, FORECASTED = 100 } }
    DAILY   = { limit = "15", told = { ACTUAL = 100 } } # AWS forecasts no day.
  }
  name         = "sandbox-${lower(each.key)}"
  budget_type  = "COST"
  limit_amount = each.value.limit
  limit_unit   = "USD"
  time_unit    = each.key
  dynamic "notification" {
    for_each = each.value.told
    content {
      notification_type          = notification.key
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = ["ops@example.com"]
      subscriber_sns_topic_arns  = [aws_sns_topic.this.arn]
    }
  }
}

output "account" {
  value = data.aws_caller_identity.this.account_id
}
