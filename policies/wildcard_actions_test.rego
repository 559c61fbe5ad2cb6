package bella.wildcard_actions_test

import data.bella.wildcard_actions

role(statement) := {"resources": [{"address": "iam_role.x", "kind": "iam_role", "properties": {"policies": {"p": {"Statement": statement}}}}]}

test_named_actions_pass if {
	count(wildcard_actions.deny) == 0 with input as role([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}])
	count(wildcard_actions.deny) == 0 with input as role({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
}

test_a_star_anywhere_is_denied if {
	every action in ["*", "s3:*", "s3:Get*", "iam:*Role"] {
		count(wildcard_actions.deny) == 1 with input as role([{"Effect": "Allow", "Action": [action, "s3:GetObject"]}])
		count(wildcard_actions.deny) == 1 with input as role({"Effect": "Allow", "Action": action})
	}
}

test_all_but_some_is_denied if {
	count(wildcard_actions.deny) == 1 with input as role([{"Effect": "Allow", "NotAction": "iam:PassRole"}])
}

test_what_is_forbidden_may_be_forbidden_widely if {
	count(wildcard_actions.deny) == 0 with input as role([{"Effect": "Deny", "Action": "*"}])
}

test_a_queues_policy_counts_too if {
	queue := {"address": "sqs_queue.x", "kind": "sqs_queue", "properties": {"policy": {"Statement": [{"Effect": "Allow", "Action": "sqs:*"}]}}}
	wildcard_actions.deny == {{
		"address": "sqs_queue.x",
		"message": "has a policy, which allows sqs:*; name each action",
	}} with input as {"resources": [queue]}
	none := {"address": "sqs_queue.x", "kind": "sqs_queue", "properties": {"policy": null}}
	count(wildcard_actions.deny) == 0 with input as {"resources": [none]}
}

test_unknown_actions_and_policies_are_said if {
	count(wildcard_actions.unknown) == 1 with input as role([{"Effect": "Allow", "Action": [{"unknown": "${a.b.c}"}]}])
	whole := {"address": "iam_role.x", "kind": "iam_role", "properties": {"policies": {"p": {"unknown": "${a.b.c}"}}}}
	count(wildcard_actions.unknown) == 1 with input as {"resources": [whole]}
	count(wildcard_actions.deny) == 0 with input as {"resources": [whole]}
}
