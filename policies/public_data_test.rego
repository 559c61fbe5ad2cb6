package bella.public_data_test

import data.bella.public_data

rule(properties) := {"resources": [{
	"address": "security_group_rule.x",
	"kind": "security_group_rule",
	"properties": object.union({"direction": "ingress", "protocol": "tcp", "from_port": 5432, "to_port": 5432}, properties),
}]}

test_a_public_database_is_denied if {
	instance := {"address": "db_instance.main", "kind": "db_instance", "properties": {"publicly_accessible": true}}
	public_data.deny == {{
		"address": "db_instance.main",
		"message": "has an address on the internet; set publicly_accessible: false",
	}} with input as {"resources": [instance]}
}

test_a_public_bucket_is_denied if {
	bucket := {"address": "s3_bucket.x", "kind": "s3_bucket", "properties": {"block_public_access": false}}
	count(public_data.deny) == 1 with input as {"resources": [bucket]}
}

test_a_port_open_to_everybody_is_denied if {
	count(public_data.deny) == 1 with input as rule({"peer": "0.0.0.0/0"})
	count(public_data.deny) == 1 with input as rule({"peer": "::/0"})
	count(public_data.deny) == 1 with input as rule({"peer": "0.0.0.0/0", "from_port": 1, "to_port": 65535})
	count(public_data.deny) == 1 with input as rule({"peer": "0.0.0.0/0", "protocol": "-1", "from_port": null, "to_port": null})
}

test_other_ports_peers_and_directions_pass if {
	count(public_data.deny) == 0 with input as rule({"peer": "0.0.0.0/0", "from_port": 443, "to_port": 443})
	count(public_data.deny) == 0 with input as rule({"peer": "10.0.0.0/16"})
	count(public_data.deny) == 0 with input as rule({"peer": "0.0.0.0/0", "direction": "egress"})
}

test_a_group_is_no_range_whichever_it_will_be if {
	group := rule({"peer": {"unknown": "${security_group.task.id}"}})
	count(public_data.unknown) == 0 with input as group
	count(public_data.deny) == 0 with input as group
}

test_an_unknown_range_is_looked_at_before_the_call if {
	count(public_data.unknown) == 1 with input as rule({"peer": {"unknown": "${vpc.other.cidr}"}})
}
